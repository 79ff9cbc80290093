import type { HTMLInputAutoCompleteAttribute } from "react"
import { countries } from "../texts/countries.ts"
import { t, useLanguage } from "../texts/texts.ts"
import type { Address } from "./checkout.ts"

type Member = keyof Address
type Props = {
  address: Address
  /** What the shop found wrong, by member. */
  wrong: ReadonlyMap<string, string>
  change: (address: Address) => void
  /** Told when the shopper leaves the fields that decide taxes and shipping. */
  settled: (address: Address) => void
}

/** An address of any country: state and postcode as people write them there, or not at all. */
export function AddressFields({ address, wrong, change, settled }: Props) {
  const language = useLanguage()
  const field = (
    name: Member,
    autoComplete: HTMLInputAutoCompleteAttribute,
    options: { required?: boolean; type?: string; maxLength: number },
  ) => {
    const mistake = wrong.get(name)
    return (
      <label className={`field field-${name}`} key={name}>
        <span>
          {t(`address.${name}`)}
          {!options.required && <span className="field-optional"> {t("address.optional")}</span>}
        </span>
        <input
          {...options}
          name={name}
          value={address[name] ?? ""}
          autoComplete={autoComplete}
          aria-invalid={mistake !== undefined}
          aria-describedby={mistake === undefined ? undefined : `${name}-mistake`}
          onChange={({ target }) => change({ ...address, [name]: target.value })}
          onBlur={() => name === "state" && settled(address)}
        />
        {mistake !== undefined && (
          <span className="field-mistake" id={`${name}-mistake`}>
            {mistake}
          </span>
        )}
      </label>
    )
  }
  const chooseCountry = (country: string) => {
    const next = { ...address, country }
    change(next)
    settled(next)
  }
  return (
    <fieldset className="address">
      <legend>{t("checkout.address")}</legend>
      {field("firstName", "given-name", { required: true, maxLength: 100 })}
      {field("lastName", "family-name", { required: true, maxLength: 100 })}
      {field("emailAddress", "email", { required: true, type: "email", maxLength: 254 })}
      {field("addressLine", "street-address", { required: true, maxLength: 200 })}
      {field("zipCode", "postal-code", { maxLength: 20 })}
      {field("state", "address-level1", { maxLength: 100 })}
      <label className="field field-country">
        <span>{t("cart.country")}</span>
        <select
          required
          name="country"
          value={address.country}
          autoComplete="country"
          onChange={({ target }) => chooseCountry(target.value)}
        >
          {address.country === "" && <option value="">{t("cart.country-choose")}</option>}
          {countries(language).map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </fieldset>
  )
}
