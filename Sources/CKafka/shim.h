#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

// rd_kafka_producev takes what Swift cannot give: any number of arguments. The bytes are copied.
static inline rd_kafka_resp_err_t dogear_kafka_produce(
    rd_kafka_t *producer, const char *topic, const void *key, size_t key_size, const void *value, size_t value_size,
    const char *header, const void *header_value, size_t header_size, size_t place) {
    return rd_kafka_producev(
        producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_VALUE((void *)value, value_size),
        RD_KAFKA_V_HEADER(header, header_value, (ssize_t)header_size), RD_KAFKA_V_OPAQUE((void *)place),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
}

// The number that a message was produced with.
static inline size_t dogear_kafka_place(const rd_kafka_message_t *message) {
    return (size_t)message->_private;
}

// rd_kafka_mock_push_request_errors for Swift: so many answers to requests of one kind are this error.
static inline void dogear_kafka_mock_fail(
    rd_kafka_mock_cluster_t *cluster, int16_t kind, size_t count, rd_kafka_resp_err_t error) {
    for (size_t index = 0; index < count; index++) rd_kafka_mock_push_request_errors(cluster, kind, 1, error);
}
