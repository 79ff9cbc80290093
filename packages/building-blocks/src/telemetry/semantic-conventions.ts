// The names of OpenTelemetry's semantic conventions 1.44 (https://opentelemetry.io/docs/specs/semconv/) that our spans,
// metrics and log records carry. No attribute holds a value of a statement, an address or what a person is called.

export const ATTR_ERROR_TYPE = "error.type"
export const ATTR_SERVER_ADDRESS = "server.address"
export const ATTR_SERVER_PORT = "server.port"
export const ATTR_SERVICE_PEER_NAME = "service.peer.name"

// Resource
export const ATTR_SERVICE_NAME = "service.name"
export const ATTR_SERVICE_VERSION = "service.version"
export const ATTR_SERVICE_INSTANCE_ID = "service.instance.id"
export const ATTR_DEPLOYMENT_ENVIRONMENT_NAME = "deployment.environment.name"
export const ATTR_CLOUD_PROVIDER = "cloud.provider"
export const ATTR_CLOUD_PLATFORM = "cloud.platform"
export const ATTR_CLOUD_REGION = "cloud.region"
export const ATTR_CLOUD_ACCOUNT_ID = "cloud.account.id"
export const ATTR_CLOUD_RESOURCE_ID = "cloud.resource_id"
export const ATTR_FAAS_NAME = "faas.name"
export const ATTR_FAAS_INSTANCE = "faas.instance"

// HTTP
export const ATTR_HTTP_REQUEST_METHOD = "http.request.method"
export const ATTR_HTTP_RESPONSE_STATUS_CODE = "http.response.status_code"
export const ATTR_HTTP_ROUTE = "http.route"
export const ATTR_URL_SCHEME = "url.scheme"
export const ATTR_URL_PATH = "url.path"
export const ATTR_URL_TEMPLATE = "url.template"

// Functions
export const ATTR_FAAS_TRIGGER = "faas.trigger"
export const ATTR_FAAS_INVOCATION_ID = "faas.invocation_id"
export const ATTR_FAAS_COLDSTART = "faas.coldstart"

// Databases
export const ATTR_DB_SYSTEM_NAME = "db.system.name"
export const ATTR_DB_NAMESPACE = "db.namespace"
export const ATTR_DB_COLLECTION_NAME = "db.collection.name"
export const ATTR_DB_OPERATION_NAME = "db.operation.name"
export const ATTR_DB_RESPONSE_STATUS_CODE = "db.response.status_code"
export const ATTR_AZURE_COSMOSDB_OPERATION_REQUEST_CHARGE = "azure.cosmosdb.operation.request_charge"

// Messaging
export const ATTR_MESSAGING_SYSTEM = "messaging.system"
export const ATTR_MESSAGING_OPERATION_NAME = "messaging.operation.name"
export const ATTR_MESSAGING_OPERATION_TYPE = "messaging.operation.type"
export const ATTR_MESSAGING_DESTINATION_NAME = "messaging.destination.name"
export const ATTR_MESSAGING_DESTINATION_SUBSCRIPTION_NAME = "messaging.destination.subscription.name"
export const ATTR_MESSAGING_MESSAGE_ID = "messaging.message.id"
export const ATTR_MESSAGING_BATCH_MESSAGE_COUNT = "messaging.batch.message_count"
export const MESSAGING_SYSTEM_VALUE_SERVICEBUS = "servicebus"
