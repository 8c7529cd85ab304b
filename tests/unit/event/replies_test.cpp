#include "event/replies.h"

#include <gtest/gtest.h>

#include "event/samples.h"
#include "event/subjects.h"

namespace midge::test {
namespace {

constexpr const char* some_time = "2026-11-22T08:59:00.180239227Z";

ServerInfo short_server() {
    ServerInfo server;
    server.id = "NSERVER";
    server.time = at(some_time);
    return server;
}
const std::string short_server_json =
    R"("server":{"name":"","host":"","id":"NSERVER","ver":"","jetstream":false,"flags":0,"seq":0,)"
    R"("time":"2026-11-22T08:59:00.180239227Z"})";

TEST(Replies, statsz) {
    Statsz statsz;
    statsz.start = at("2026-11-22T08:58:59.924149797Z");
    statsz.mem_bytes = 18096128;
    statsz.cores = 2;
    statsz.connections = 3;
    statsz.total_connections = 6;
    statsz.active_accounts = 2;
    statsz.subscriptions = 74;
    statsz.sent = statsz.sent_to_clients = {25, 18789, {}};
    statsz.received = statsz.received_from_clients = {4, 5, {}};
    statsz.active_servers = 1;
    statsz.gomaxprocs = 2;
    EXPECT_EQ(statsz_reply_json(lab_server(31, "2026-11-22T08:59:05.894621922Z"), statsz),
              sample("req_server_statsz"));
}

TEST(Replies, idz_is_bare) {
    EXPECT_EQ(idz_json(lab_server(1, some_time)), sample("req_server_idz"));
}

TEST(Replies, user_info) {
    UserInfo info;
    info.user = "UATT4ASVA6FO2NJ65YYZS4YNTG4UHGYF3YG53HNH5SBVETPIZY7GXGU2";
    info.account = account_key;
    info.account_name = "AccA";
    info.user_name = "userA";
    EXPECT_EQ(user_info_reply_json(lab_server(83, "2026-11-22T08:59:10.45448113Z"), info),
              sample("req_user_info"));
}

TEST(Replies, user_info_shows_permissions_and_expiry) {
    UserInfo info;
    info.user = "u";
    info.account = "APP";
    info.permissions.emplace();
    info.permissions->publish = UserInfoSubjects{{"a.>"}, {"a.b"}};
    info.permissions->responses = UserInfoResponses{1, 5'000'000'000};
    info.expires_nanos = 60'000'000'000;
    EXPECT_EQ(user_info_reply_json(short_server(), info),
              "{" + short_server_json +
                  R"(,"data":{"user":"u","account":"APP","permissions":{)"
                  R"("publish":{"allow":["a.\u003e"],"deny":["a.b"]},"subscribe":null,)"
                  R"("responses":{"max":1,"ttl":5000000000}},"expires":60000000000}})");
}

TEST(Replies, claims_update) {
    EXPECT_EQ(claims_reply_json(
                  claims_server(15, "2026-11-22T09:00:22.47491469Z"),
                  {"AB6YWIRSITJUCRCAOM4QSECVT4IHLGCSKZQ6QRRKFMHCJVFHH4G4ZIQK", 200, "jwt updated"}),
              sample("claims_update_ok"));
    EXPECT_EQ(
        claims_error_json(claims_server(19, "2026-11-22T09:00:22.650371221Z"),
                          {"AAWVIRSFD5VTIWD2Z3WPLW5LBFHW3QHXZ3YQHFOS6VLCYBIITMIBMXXI", 500,
                           "jwt update resulted in error - subject does not match jwt content"}),
        sample("claims_update_error"));
}

TEST(Replies, claims_list_puts_data_first) {
    EXPECT_EQ(claims_list_json(claims_server(30, "2026-11-22T09:00:23.880886712Z"),
                               {"AAWVIRSFD5VTIWD2Z3WPLW5LBFHW3QHXZ3YQHFOS6VLCYBIITMIBMXXI",
                                "AB6YWIRSITJUCRCAOM4QSECVT4IHLGCSKZQ6QRRKFMHCJVFHH4G4ZIQK",
                                "ADJ6UCOBHUIU2BT6DDY33GDB5IB44HZRUTIVAEAXZ4SSQLNQKPOZTJH7"}),
              sample("claims_list"));
}

TEST(Replies, account_connections_request) {
    EXPECT_EQ(with_subject(account_request_subject("<ACC>", "CONNS"),
                           account_conns_request_json(
                               lab_server(15, "2026-11-22T08:59:00.005721905Z"), account_key)),
              sample("ev_sys_req_account_acc_conns"));
}

TEST(Replies, envelope_holds_data_or_error_or_neither) {
    EXPECT_EQ(data_reply_json(short_server(), R"({"x":1})"),
              "{" + short_server_json + R"(,"data":{"x":1}})");
    EXPECT_EQ(empty_reply_json(short_server()), "{" + short_server_json + "}");
    EXPECT_EQ(error_reply_json(short_server(), {400, 0, "not JSON"}),
              "{" + short_server_json + R"(,"error":{"code":400,"description":"not JSON"}})");
    EXPECT_EQ(error_reply_json(short_server(), {503, 10039, ""}),
              "{" + short_server_json + R"(,"error":{"code":503,"err_code":10039}})");
}

TEST(Replies, account_statistics) {
    AccountStat stat;
    stat.account = stat.name = "APP";
    EXPECT_EQ(
        account_statz_reply_json(short_server(), {stat}),
        "{" + short_server_json +
            R"(,"data":{"server_id":"NSERVER","now":"2026-11-22T08:59:00.180239227Z","account_statz":[)"
            R"({"acc":"APP","name":"APP","conns":0,"leafnodes":0,"total_conns":0,"num_subscriptions":0,)"
            R"("sent":{"msgs":0,"bytes":0},"received":{"msgs":0,"bytes":0},"slow_consumers":0}]}})");
}

TEST(Subjects, of_requests) {
    EXPECT_EQ(server_request_subject("NX", "IDZ"), "$SYS.REQ.SERVER.NX.IDZ");
    EXPECT_EQ(server_ping_request_subject("STATSZ"), "$SYS.REQ.SERVER.PING.STATSZ");
    EXPECT_EQ(account_user_info_subject("AX"), "$SYS.REQ.USER.AX.INFO");
    EXPECT_EQ(account_claims_update_subject("AX"), "$SYS.REQ.ACCOUNT.AX.CLAIMS.UPDATE");
    EXPECT_EQ(account_claims_update_old_subject("AX"), "$SYS.ACCOUNT.AX.CLAIMS.UPDATE");
    EXPECT_EQ(account_claims_lookup_subject("AX"), "$SYS.REQ.ACCOUNT.AX.CLAIMS.LOOKUP");
    EXPECT_EQ(server_inbox_subject("NX"), "$SYS._INBOX_.NX");
    EXPECT_EQ(shutdown_subject("NX"), "$SYS.SERVER.NX.SHUTDOWN");
    EXPECT_EQ(lame_duck_subject("NX"), "$SYS.SERVER.NX.LAMEDUCK");
}

}  // namespace
}  // namespace midge::test
