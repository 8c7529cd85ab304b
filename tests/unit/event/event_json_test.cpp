// Compares every byte of the events with messages captured from a NATS server.
#include <gtest/gtest.h>

#include "event/events.h"
#include "event/samples.h"
#include "event/subjects.h"

namespace midge::test {
namespace {

// Returns the JWT of a sample file, so that it need not be repeated here.
std::string jwt_of(const std::string& sample_text) {
    const std::string key = R"("jwt":")";
    const size_t begin = sample_text.find(key) + key.size();
    return sample_text.substr(begin, sample_text.find('"', begin) - begin);
}

ClientInfo account_client(const std::string& sample_text) {
    ClientInfo client;
    client.start = at("2026-11-22T08:59:00.004805047Z");
    client.host = "127.0.0.1";
    client.id = 8;
    client.account = account_key;
    client.user = "UATT4ASVA6FO2NJ65YYZS4YNTG4UHGYF3YG53HNH5SBVETPIZY7GXGU2";
    client.name = "cliA";
    client.lang = "python";
    client.version = "0.0";
    client.jwt = jwt_of(sample_text);
    client.issuer_key = account_key;
    client.name_tag = "AccA";
    client.tags = {"t:1"};
    client.kind = "Client";
    client.client_type = "nats";
    return client;
}

DisconnectEvent failed_login(const std::string& sample_text) {
    DisconnectEvent event;
    event.client.start = at("2026-11-22T08:59:00.80780798Z");
    event.client.host = "127.0.0.1";
    event.client.id = 10;
    event.client.account = "$G";
    event.client.lang = "python";
    event.client.version = "0.0";
    event.client.rtt_nanos = 879000;
    event.client.jwt = jwt_of(sample_text);
    event.client.name_tag = "$G";
    event.client.kind = "Client";
    event.client.client_type = "nats";
    event.reason = CloseReason::authentication_failure;
    return event;
}

AccountConnsEvent account_conns() {
    AccountConnsEvent event;
    event.header = {"FHGEH10GIUZd78UOvrSErd", at("2026-11-22T08:59:00.005753816Z")};
    event.stat.account = account_key;
    event.stat.name = "AccA";
    event.stat.conns = 1;
    event.stat.total_conns = 1;
    event.stat.num_subscriptions = 4;
    event.stat.sent.links.emplace();
    event.stat.received.links.emplace();
    return event;
}

TEST(EventJson, connect) {
    const std::string expected = sample("ev_sys_account_acc_connect");
    const ConnectEvent event{{"FHGEH10GIUZd78UOvrSEwG", at("2026-11-22T08:59:00.00577176Z")},
                             account_client(expected)};
    EXPECT_EQ(with_subject(connect_subject("<ACC>"),
                           to_json(event, lab_server(18, "2026-11-22T08:59:00.005862251Z"))),
              expected);
}

TEST(EventJson, disconnect) {
    const std::string expected = sample("ev_sys_account_acc_disconnect");
    DisconnectEvent event;
    event.header = {"FHGEH10GIUZd78UOvrSF5W", at("2026-11-22T08:59:00.507532426Z")};
    event.client = account_client(expected);
    event.client.rtt_nanos = 301000;
    event.client.stop = event.header.timestamp;
    event.sent = {1, 5};
    event.received = {1, 5};
    EXPECT_EQ(with_subject(disconnect_subject("<ACC>"),
                           to_json(event, lab_server(22, "2026-11-22T08:59:00.5075819Z"))),
              expected);
}

TEST(EventJson, disconnect_after_a_failed_login) {
    const std::string expected = sample("ev_sys_account_g_disconnect");
    DisconnectEvent event = failed_login(expected);
    event.header = {"FHGEH10GIUZd78UOvrSFJP", at("2026-11-22T08:59:02.71009707Z")};
    event.client.stop = event.header.timestamp;
    EXPECT_EQ(with_subject(disconnect_subject("$G"),
                           to_json(event, lab_server(26, "2026-11-22T08:59:02.710489804Z"))),
              expected);
}

TEST(EventJson, authentication_error) {
    const std::string expected = sample("ev_sys_server_server_client_auth_err");
    AuthErrorEvent event{failed_login(expected)};
    event.header = {"FHGEH10GIUZd78UOvrSFEm", at("2026-11-22T08:59:02.710083284Z")};
    event.client.stop = event.header.timestamp;
    EXPECT_EQ(with_subject(auth_error_subject("<SERVER>"),
                           to_json(event, lab_server(25, "2026-11-22T08:59:02.710456752Z"))),
              expected);
}

TEST(EventJson, account_connections_on_both_subjects) {
    EXPECT_EQ(
        with_subject(account_conns_old_subject("<ACC>"),
                     to_json(account_conns(), lab_server(16, "2026-11-22T08:59:00.005834038Z"))),
        sample("ev_sys_server_account_acc_conns"));
    EXPECT_EQ(
        with_subject(account_conns_subject("<ACC>"),
                     to_json(account_conns(), lab_server(17, "2026-11-22T08:59:00.005852904Z"))),
        sample("ev_sys_account_acc_server_conns"));
}

TEST(EventJson, account_connections_as_a_reply) {
    AccountConnsEvent event = account_conns();
    event.header = {"FHGEH10GIUZd78UOvrSFXI", at("2026-11-22T08:59:07.470178687Z")};
    event.stat.num_subscriptions = 6;
    event.stat.sent = event.stat.received = {1, 5, LinkTraffic{}};
    EXPECT_EQ(to_json(event, lab_server(67, "2026-11-22T08:59:07.470183436Z")),
              sample("req_account_conns"));
}

TEST(EventJson, statsz) {
    StatszEvent event;
    event.statsz.start = at("2026-11-22T08:58:59.924149797Z");
    event.statsz.mem_bytes = 17702912;
    event.statsz.cores = 2;
    event.statsz.connections = 3;
    event.statsz.total_connections = 4;
    event.statsz.active_accounts = 2;
    event.statsz.subscriptions = 72;
    event.statsz.sent = event.statsz.sent_to_clients = {8, 6944, {}};
    event.statsz.received = event.statsz.received_from_clients = {1, 5, {}};
    event.statsz.active_servers = 1;
    event.statsz.gomaxprocs = 2;
    EXPECT_EQ(with_subject(statsz_subject("<SERVER>"),
                           to_json(event, lab_server(19, "2026-11-22T08:59:00.180239227Z"))),
              sample("ev_sys_server_server_statsz"));
}

TEST(EventJson, statsz_shows_troubled_connections_only_when_there_were_some) {
    StatszEvent event;
    const ServerInfo server = lab_server(1, "2026-11-22T08:59:00.180239227Z");
    const std::string quiet = to_json(event, server);
    EXPECT_EQ(quiet.find("slow_consumer_stats"), std::string::npos) << quiet;
    event.statsz.cpu_percent = 12.5;
    event.statsz.slow_consumers = 3;
    event.statsz.slow_consumer_stats.clients = 3;
    event.statsz.stale_connections = 1;
    event.statsz.stale_connection_stats.leafs = 1;
    event.statsz.stalled_clients = 7;
    const std::string json = to_json(event, server);
    EXPECT_NE(json.find(R"("cpu":12.5,)"), std::string::npos) << json;
    EXPECT_NE(
        json.find(R"("slow_consumers":3,)"
                  R"("slow_consumer_stats":{"clients":3,"routes":0,"gateways":0,"leafs":0},)"
                  R"("stale_connections":1,)"
                  R"("stale_connection_stats":{"clients":0,"routes":0,"gateways":0,"leafs":1},)"
                  R"("stalled_clients":7})"),
        std::string::npos)
        << json;
}

TEST(EventJson, names_from_clients_cannot_break_out_of_their_string) {
    ConnectEvent event;
    event.client.name = "x\",\"user\":\"admin\n<script>\xFF";
    const std::string json = to_json(event, lab_server(1, "2026-11-22T08:59:00.180239227Z"));
    EXPECT_NE(json.find(R"("client":{"name":"x\",\"user\":\"admin\n\u003cscript\u003e�"}})"),
              std::string::npos)
        << json;
}

TEST(EventJson, cluster_and_domain_come_after_the_id) {
    ServerInfo server = claims_server(5, "2026-11-22T08:59:00.180239227Z");
    server.cluster = "C1";
    server.domain = "hub";
    server.feature_flags.clear();
    server.jetstream = true;
    server.flags = 7;
    EXPECT_EQ(
        to_json(server),
        R"({"name":"lab","host":"127.0.0.1",)"
        R"("id":"NCKPECJSX7OCETOKRVT3BMBAIOMJBHVUOMUMZZMEJHRS4EKKHLAR77JY","cluster":"C1","domain":"hub",)"
        R"("ver":"2.15.1","jetstream":true,"flags":7,"seq":5,"time":"2026-11-22T08:59:00.180239227Z"})");
}

TEST(NodeHash, is_that_of_nats_servers) {
    EXPECT_EQ(node_hash("lab"), "fH8P4v7T");
}

}  // namespace
}  // namespace midge::test
