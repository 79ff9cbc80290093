import { useState } from "react"
import { TextField } from "../../../parts/fields.tsx"
import type { Change, Draft, ImageDraft } from "./draft.ts"
import { t } from "./texts.ts"
import { languageName, languagesOf } from "./texts-fields.tsx"

/** Pictures by their addresses; how large they are is seen by looking at them. */
export function ImagesFields({ draft, change }: { draft: Draft; change: Change }) {
  const { images } = draft
  const put = (index: number, next: Partial<ImageDraft>) =>
    change({ images: images.map((one, at) => (at === index ? { ...one, ...next } : one)) })
  const remove = ({ url }: ImageDraft) =>
    change({
      images: images.filter((one) => one.url !== url),
      variants: draft.variants.map((one) => (one.image === url ? { ...one, image: "" } : one)),
    })
  return (
    <section className="card">
      <h2>{t("images.title")}</h2>
      <p className="hint">{t("images.says")}</p>
      <ul className="image-list">
        {images.map((image, index) => (
          <li key={image.url} className="image-row">
            <img src={image.url} alt="" width={96} height={96} className="picture" />
            <div className="image-texts">
              <p className="hint">
                <code>{image.url}</code> · {t("images.size", { width: image.width, height: image.height })}
              </p>
              {languagesOf(draft).map((language) => (
                <TextField
                  key={language}
                  label={t("images.alt", { number: index + 1, language: languageName(language) })}
                  value={image.alt[language] ?? ""}
                  onChange={(text) => put(index, { alt: { ...image.alt, [language]: text } })}
                  pointer={`/images/${index}/alt/${language}`}
                  maxLength={300}
                  required={language === "en"}
                />
              ))}
              <div className="actions">
                {index > 0 && (
                  <button
                    type="button"
                    className="link-button"
                    onClick={() => change({ images: [image, ...images.filter((one) => one !== image)] })}
                  >
                    {t("images.first", { number: index + 1 })}
                  </button>
                )}
                <button type="button" className="link-button" onClick={() => remove(image)}>
                  {t("images.remove", { number: index + 1 })}
                </button>
              </div>
            </div>
          </li>
        ))}
      </ul>
      <AddImage
        isThere={(url) => images.some((one) => one.url === url)}
        add={(image) => change({ images: [...images, image] })}
      />
    </section>
  )
}

/** How large the picture at an address is. @throws where there is none that the browser shows */
async function sizeOf(url: string): Promise<{ width: number; height: number }> {
  const picture = new Image()
  picture.src = url
  await picture.decode()
  return { width: picture.naturalWidth, height: picture.naturalHeight }
}

function AddImage(props: { isThere: (url: string) => boolean; add: (image: ImageDraft) => void }) {
  const [url, setUrl] = useState("")
  const [state, setState] = useState<"idle" | "looking" | "unseen" | "twice">("idle")
  const add = async () => {
    const address = url.trim()
    if (address === "") return
    if (props.isThere(address)) return setState("twice")
    setState("looking")
    try {
      props.add({ url: address, ...(await sizeOf(address)), alt: { en: "" } })
      setUrl("")
      setState("idle")
    } catch {
      setState("unseen")
    }
  }
  return (
    <div className="add-row">
      <TextField
        label={t("images.url")}
        value={url}
        onChange={setUrl}
        onEnter={() => void add()}
        hint={t("images.url-hint")}
        pointer="/images"
        maxLength={2_000}
        className="field-wide"
      />
      <button
        type="button"
        className="button button-small button-quiet"
        disabled={url.trim() === "" || state === "looking"}
        onClick={() => void add()}
      >
        {t("images.add")}
      </button>
      <p role="status" className="hint">
        {state !== "idle" && t(`images.${state}`)}
      </p>
    </div>
  )
}
