/* librdkafka's mock cluster as a process of its own: prints its addresses on one line, then does as it is told on standard input,
 * a line each: "down" makes every broker refuse, "up" has them back. Ends with its input.
 *
 *   cc -o kafka-mock kafka-mock.c $(pkg-config --cflags --libs rdkafka)
 *   kafka-mock BROKERS TOPIC...
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int count, char **arguments) {
    char line[64], reason[256];
    int brokers = count > 1 ? atoi(arguments[1]) : 1;
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), reason, sizeof reason);
    if (!client) {
        fprintf(stderr, "kafka-mock: %s\n", reason);
        return 1;
    }
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(client, brokers);
    for (int topic = 2; topic < count; topic++) rd_kafka_mock_topic_create(cluster, arguments[topic], 4, brokers);
    printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        for (int broker = 1; broker <= brokers; broker++) {
            if (!strncmp(line, "down", 4)) rd_kafka_mock_broker_set_down(cluster, broker);
            if (!strncmp(line, "up", 2)) rd_kafka_mock_broker_set_up(cluster, broker);
        }
    }
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(client);
    return 0;
}
