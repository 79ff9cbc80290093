# Copy, put your own values in, and keep outside the repository.
subscription_id          = "00000000-0000-0000-0000-000000000001"
environment              = "dev"
suffix                   = "a1b2"
location                 = "westeurope"
owner                    = "shop-team"
cost_center              = "4711"
administrators_object_id = "00000000-0000-0000-0000-00000000000a"
allowed_ip_ranges        = ["198.51.100.0/24"]

pipeline = {
  issuer  = "https://vstoken.dev.azure.com/00000000-0000-0000-0000-00000000000c"
  subject = "sc://your-organisation/eshop/eshop-dev"
}
