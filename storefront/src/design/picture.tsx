/** A picture of a product in a square that is there before it is. */
export function Picture({
  url,
  alt,
  size,
  isEager = false,
}: {
  url: string | undefined
  alt: string
  size: number
  isEager?: boolean
}) {
  if (url === undefined) return <div className="picture picture-missing" aria-hidden="true" />
  return (
    <img
      className="picture"
      src={url}
      alt={alt}
      width={size}
      height={size}
      loading={isEager ? "eager" : "lazy"}
      decoding="async"
    />
  )
}
