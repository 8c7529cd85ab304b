// Converts texts to Options.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "config/options_help.h"
#include "config/options_loader.h"
#include "config/options_table.h"

namespace midge {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::StartsWith;

Result<LoadedOptions> load(std::string_view text, const CredentialChecks& checks = {}) {
    ConfigSources sources;
    sources.read_file = [](const std::string& path) -> Result<std::string> {
        if (path == "op.jwt") return std::string("decorated\n");
        return fail(Errc::not_found, "open " + path + ": no such file or directory");
    };
    sources.environment = [](const std::string&) { return std::nullopt; };
    return load_options_from_text(text, "x.conf", sources, checks);
}

Options options_of(std::string_view text) {
    auto loaded = load(text);
    EXPECT_TRUE(loaded) << loaded.error().text;
    return loaded ? loaded->options : Options{};
}

// Returns the error without explanations, which mistakes_test.cpp compares.
std::string error_of(std::string_view text) {
    const auto loaded = load(text);
    if (loaded) return "no error";
    std::string lines;
    for (const std::string_view line : split(loaded.error().text, '\n'))
        lines += (lines.empty() ? "" : "\n") + std::string(line.substr(0, line.find(" -- ")));
    return lines;
}

TEST(OptionsLoader, fills_in_the_general_settings) {
    const Options options = options_of(
        "listen: '[::1]:-1'\nserver_name: n\nserver_tags: [A, b, A]\nserver_metadata { k: v "
        "}\nmax_connections: 0\n"
        "max_control_line: 1kb\nmax_payload: 2MB\nmax_pending: 4k\nmax_subs: 7\nmax_sub_tokens: "
        "9\nping_interval: '1.5s'\n"
        "ping_max: 3\nwrite_deadline: 20ms\nno_header_support: yes\nclient_advertise: 'h:1'\n");
    EXPECT_EQ(options.host, "::1");
    EXPECT_EQ(options.port, -1);
    EXPECT_EQ(options.server_name, "n");
    EXPECT_THAT(options.server_tags, ElementsAre("a", "b"));
    EXPECT_EQ(options.server_metadata.at("k"), "v");
    EXPECT_EQ(options.connections_max, -1);
    EXPECT_EQ(options.control_line_bytes_max, 1024);
    EXPECT_EQ(options.payload_bytes_max, 2 * 1024 * 1024);
    EXPECT_EQ(options.pending_bytes_max, 4000);
    EXPECT_EQ(options.subscriptions_max, 7);
    EXPECT_EQ(options.subscription_tokens_max, 9);
    EXPECT_EQ(options.ping_interval, 1500ms);
    EXPECT_EQ(options.ping_max, 3);
    EXPECT_EQ(options.write_deadline, 20ms);
    EXPECT_FALSE(options.header_support);
    EXPECT_EQ(options.client_advertise, "h:1");
    EXPECT_EQ(options.config_file, "x.conf");
    EXPECT_THAT(options.config_digest, HasSubstr("sha256:"));
}

TEST(OptionsLoader, takes_zero_as_the_default_where_nats_server_does) {
    const Options options =
        options_of("port: 0\nmax_payload: 0\nmax_pending: 0\nping_interval: '0s'\nping_max: 0\n");
    EXPECT_EQ(options.port, 4222);
    EXPECT_EQ(options.payload_bytes_max, 1024 * 1024);
    EXPECT_EQ(options.pending_bytes_max, 64 * 1024 * 1024);
    EXPECT_EQ(options.ping_interval, 2min);
    EXPECT_EQ(options.ping_max, 2);
}

TEST(OptionsLoader, says_the_bounds_that_a_number_broke) {
    EXPECT_EQ(error_of("port: 70000\n"), "x.conf:1:1: port is 70000, expected -1..65535");
    EXPECT_EQ(error_of("max_payload: -1\n"),
              "x.conf:1:1: max_payload is -1, expected 0..2147483647");
    EXPECT_EQ(error_of("write_deadline: '-1s'\n"),
              "x.conf:1:1: write_deadline is -1s, expected a positive duration");
    EXPECT_EQ(error_of("reactor: kqueue\n"),
              "x.conf:1:1: reactor is \"kqueue\", expected \"epoll\" or \"poco\"");
}

TEST(OptionsLoader, fills_in_users_and_permissions) {
    const auto authorization =
        options_of(
            "authorization { timeout: 1.5\n default_permissions { subscribe: d }\n users: [\n"
            "{user: a, password: b, permissions: {pub: [x, y], sub: {allow: 's q', deny: z}}, "
            "connection_types: mqtt}\n"
            "{nkey: U1, permissions: {allow_responses: {max: -1, expires: 1s}}} ] }\n")
            .authorization;
    EXPECT_EQ(authorization.timeout, 1500ms);
    EXPECT_THAT(authorization.default_permissions->subscribe.allow, Optional(ElementsAre("d")));
    EXPECT_FALSE(authorization.default_permissions->publish.allow);
    ASSERT_EQ(authorization.users.size(), 2U);
    const UserOptions& a = authorization.users[0];
    EXPECT_EQ(a.name, "a");
    EXPECT_EQ(a.password, "b");
    EXPECT_THAT(a.permissions->publish.allow, Optional(ElementsAre("x", "y")));
    EXPECT_THAT(a.permissions->subscribe.allow, Optional(ElementsAre("s q")));
    EXPECT_THAT(a.permissions->subscribe.deny, ElementsAre("z"));
    EXPECT_THAT(a.allowed_connection_types, Optional(ElementsAre("MQTT")));
    const UserOptions& nkey = authorization.users[1];
    EXPECT_EQ(nkey.nkey, "U1");
    EXPECT_THAT(nkey.permissions->publish.allow, Optional(IsEmpty()));
    EXPECT_EQ(nkey.permissions->responses->max_messages, -1);
    EXPECT_EQ(nkey.permissions->responses->expires, 1s);
}

TEST(OptionsLoader, fills_in_how_the_server_logs_and_leaves) {
    const Options options = options_of(
        "log_format: json\nlogfile_rotate_every: 24h\nlogfile_size_limit: 5\nsyslog: true\n"
        "remote_syslog: 'udp://h:1'\nlame_duck_duration: 31s\nlame_duck_grace_period: 1500us\n");
    EXPECT_TRUE(options.log.json);
    EXPECT_EQ(options.log.rotation_period, 24h);
    EXPECT_EQ(options.log.size_limit, 5);
    EXPECT_TRUE(options.log.syslog);
    EXPECT_EQ(options.log.remote_syslog, "udp://h:1");
    EXPECT_EQ(options.lame_duck_duration, 31s);
    EXPECT_EQ(options.lame_duck_grace_period, 2ms);
    EXPECT_EQ(options_of("lame_duck_grace_period: 0s\n").lame_duck_grace_period, 10s);
    EXPECT_THAT(error_of("log_format: xml\n"),
                HasSubstr("x.conf:1:1: log_format is \"xml\", expected text or json"));
    EXPECT_THAT(error_of("logfile_rotate_every: 5s\n"),
                HasSubstr("x.conf:1:1: logfile_rotate_every is 5s, expected 0s or at least 1m"));
    EXPECT_THAT(error_of("logfile_rotate_every: 5\n"), HasSubstr("x.conf:1:0: "));
}

TEST(OptionsLoader, fills_in_the_limits_of_users_and_addresses) {
    EXPECT_FALSE(Options{}.client_limits.any_per_ip() || Options{}.client_limits.any_per_user());
    const ClientLimitOptions limits =
        options_of(
            "client_limits { connections_per_user: 1, connections_per_ip: 2, "
            "messages_per_second_per_user: 3, messages_per_second_per_ip: 4, "
            "failed_logins_per_minute: 5, ban_duration: 6s }\n")
            .client_limits;
    EXPECT_EQ(limits.connections_per_user, 1);
    EXPECT_EQ(limits.connections_per_ip, 2);
    EXPECT_EQ(limits.messages_per_second_per_user, 3);
    EXPECT_EQ(limits.messages_per_second_per_ip, 4);
    EXPECT_EQ(limits.failed_logins_per_minute, 5);
    EXPECT_EQ(limits.ban_duration, 6s);
    EXPECT_THAT(error_of("client_limits { connections_per_ip: -1 }\n"), HasSubstr("x.conf:1:"));
    EXPECT_THAT(error_of("client_limits { ban_duration: 5ms }\n"),
                HasSubstr("ban_duration is 5ms, expected 1s..8760h0m0s"));
    EXPECT_THAT(error_of("client_limits { foo: 1 }\n"), HasSubstr("unknown field \"foo\""));
}

TEST(OptionsLoader, passes_the_resolvers_settings_on_as_json) {
    EXPECT_EQ(options_of("resolver: URL(http://h/a/)\n").resolvers.at(0).config_json,
              R"({"url":"http://h/a/","timeout_ms":1900})");
    EXPECT_EQ(options_of(
                  "resolver_tls { ca_file: c, insecure: true }\nresolver: 'URL( \"https://h\" )'\n")
                  .resolvers.at(0)
                  .config_json,
              R"({"url":"https://h","timeout_ms":1900,"tls":{"ca_file":"c","insecure":true}})");
    const Options memory = options_of("resolver: MEMORY\nresolver_preload { A1: eyJ }\n");
    EXPECT_EQ(memory.resolvers.at(0).plugin, "resolver-memory");
    EXPECT_EQ(memory.resolvers.at(0).config_json, R"({"preload":{"A1":"eyJ"}})");
    EXPECT_EQ(memory.resolver_preload.at("A1"), "eyJ");
    const Options folder =
        options_of("resolver { type: FULL, dir: d, limit: 9, allow_delete: yes, timeout: '3s' }\n");
    EXPECT_EQ(folder.resolvers.at(0).config_json,
              R"({"dir":"d","limit":9,"allow_delete":true,"hard_delete":false})");
    EXPECT_EQ(folder.resolvers.at(0).timeout, 3s);
    EXPECT_EQ(folder.resolvers.at(0).where, "x.conf:1:1");
}

TEST(OptionsLoader, makes_a_chain_of_a_list_of_resolvers) {
    const auto chain = options_of(
                           "resolver: [ MEM, {plugin: '/opt/mine.so', instance: a, timeout: 50ms, "
                           "hosts: [a, {b: 1}], f: 1.5}\n"
                           "{type: full, dir: d} ]\n")
                           .resolvers;
    ASSERT_EQ(chain.size(), 3U);
    EXPECT_EQ(chain[0].plugin, "resolver-memory");
    EXPECT_EQ(chain[1].plugin, "/opt/mine.so");
    EXPECT_EQ(chain[1].config_json, R"({"f":1.5,"hosts":["a",{"b":1}]})");
    EXPECT_EQ(chain[1].timeout, 50ms);
    EXPECT_EQ(chain[1].instance, "a");
    EXPECT_EQ(chain[2].instance, "");
    EXPECT_EQ(chain[2].plugin, "resolver-dir");
}

TEST(OptionsLoader, reads_event_sinks) {
    const auto sinks =
        options_of(
            "event_sinks [ {plugin: sink-file, instance: b, path: '/x', queue_events_max: 10}, "
            "{plugin: p, include_jwts: true} ]\n")
            .event_sinks;
    ASSERT_EQ(sinks.size(), 2U);
    EXPECT_FALSE(sinks[0].include_jwts);
    EXPECT_TRUE(sinks[1].include_jwts);
    EXPECT_EQ(sinks[1].config_json, "{}") << "the host's own key";
    EXPECT_EQ(sinks[0].plugin, "sink-file");
    EXPECT_EQ(sinks[0].instance, "b");
    EXPECT_EQ(sinks[0].config_json, R"({"path":"/x","queue_events_max":10})");
    EXPECT_THAT(error_of("event_sinks [ {path: x} ]\n"), HasSubstr("x.conf:1:"));
    EXPECT_THAT(error_of("event_sinks [ {plugin: p, include_jwts: 7} ]\n"), HasSubstr("x.conf:1:"));
    EXPECT_EQ(error_of("event_sinks: sink-file\n"),
              "x.conf:1:1: event_sinks is string, expected a list of blocks");
}

TEST(OptionsLoader, takes_operators_as_files_and_as_tokens) {
    CredentialChecks checks;
    checks.operator_jwt = [](const std::string& content) -> Result<std::string> {
        if (content == "decorated\n") return std::string("bare");
        if (content == "eyJ.a.b") return content;
        return fail("not operator claim");
    };
    const auto loaded = load("operator: [op.jwt, eyJ.a.b]\n", checks);
    ASSERT_TRUE(loaded) << loaded.error().text;
    EXPECT_THAT(loaded->options.operator_jwts, ElementsAre("bare", "eyJ.a.b"));
    EXPECT_THAT(
        load("operator: eyJ.c.d\n", checks).error().text,
        ::testing::StartsWith("x.conf:1:0: error parsing operator JWT: not operator claim -- "));
}

TEST(OptionsLoader, tells_what_is_not_built_from_what_is_unknown) {
    EXPECT_EQ(error_of("cluster { name: x }\n"),
              "x.conf:1:1: \"cluster\" is not supported yet; nats-server has it, Midge does not");
    EXPECT_EQ(error_of("\n  JetStream: enabled\n"),
              "x.conf:2:3: \"JetStream\" is not supported yet; nats-server has it, Midge does not");
    EXPECT_EQ(error_of("resolver_tls { verify: true }\n"),
              "x.conf:1:16: \"verify\" is not supported yet; nats-server has it, Midge does not");
    EXPECT_EQ(
        error_of("resolver { type: cache, dir: d }\n"),
        "x.conf:1:1: \"type: cache\" is not supported yet; nats-server has it, Midge does not");
    EXPECT_EQ(error_of("clutser { name: x }\n"), "x.conf:1:0: unknown field \"clutser\"");
    EXPECT_EQ(error_of("authorization.timeout: 5\n"),
              "x.conf:1:0: unknown field \"authorization.timeout\"");
}

TEST(OptionsLoader, refuses_what_turns_a_feature_on_that_is_not_built) {
    for (const char* text :
         {"prof_port: 1", "http: 127.0.0.1:0", "mqtt { port: 1883 }",
          "cluster { port: 0, name: x }", "leafnodes { remotes: [ {} ] }", "jetstream {}",
          "jetstream { enabled: true }", "ocsp {}", "feature_flags { a: true }",
          "write_timeout: close", "store_dir: x", "ocsp_cache: true",
          "accounts { A { jetstream {} } }", "tls { ocsp_peer: true }", "prof_port: false"}) {
        EXPECT_THAT(error_of(text), testing::HasSubstr("is not supported yet")) << text;
    }
}

TEST(OptionsLoader, puts_warnings_before_errors) {
    EXPECT_EQ(error_of("foo: 1\nping_interval: 5\n"),
              "x.conf:2:1: invalid use of field \"ping_interval\": ping_interval should be "
              "converted to a duration\n"
              "x.conf:1:0: unknown field \"foo\"");
}

TEST(OptionsCheck, compares_the_settings_with_each_other) {
    const auto check = [](std::string_view text) {
        const auto checked = check_options(options_of(text));
        return checked ? "no error" : checked.error().text;
    };
    EXPECT_EQ(check("port: 1\n"), "no error");
    EXPECT_EQ(check("max_payload: 2kb\nmax_pending: 1kb\n"),
              "max_payload (2048) cannot be higher than max_pending (1024)");
    EXPECT_EQ(check("no_auth_user: z\n"),
              "no_auth_user: \"z\" present, but users/nkeys are not defined");
    EXPECT_EQ(check("no_auth_user: z\nauthorization { users: [ {user: a} ] }\n"),
              "no_auth_user: \"z\" not present as user or nkey in authorization block or account "
              "configuration");
    EXPECT_EQ(check("no_auth_user: a\nauthorization { users: [ {user: a} ] }\n"), "no error");
    for (const char* address :
         {"nats.example.com", "h:1", ":5", "[::1]:5", "[::1]", " h : 5 ", "h:0", "h:-1", "h:+7"})
        EXPECT_EQ(check(fmt::format("client_advertise: '{}'\n", address)), "no error") << address;
    const auto advertised = [&](const std::string& address) {
        const std::string why = check("client_advertise: '" + address + "'\n");
        return why.substr(why.find("err=") + 4);
    };
    EXPECT_EQ(
        check("client_advertise: 'h:x'\n"),
        "invalid ClientAdvertise value of h:x, err=strconv.Atoi: parsing \"x\": invalid syntax");
    EXPECT_EQ(advertised("::1"), "address ::1: too many colons in address");
    EXPECT_EQ(advertised("[::1"), "address [::1: missing ']' in address");
    EXPECT_EQ(advertised("[a]b:1"), "address [a]b:1:4222: missing port in address");
    EXPECT_EQ(advertised("[a]:b:1"), "address [a]:b:1: too many colons in address");
    EXPECT_EQ(advertised("a]:1"), "address a]:1: unexpected ']' in address");
    EXPECT_EQ(advertised("a[:1"), "address a[:1: unexpected '[' in address");
    const std::string op = "operator: eyJ.a.b\n";
    EXPECT_EQ(check(op + "authorization { users: [ {user: a} ] }\n"),
              "operators do not allow users to be configured directly");
    EXPECT_EQ(check(op + "mappings {}\n"),
              "operators do not allow Accounts to be configured directly");
    EXPECT_EQ(check(op + "trusted_keys: O1\n"),
              "conflicting options for 'TrustedKeys' and 'TrustedOperators'");
    EXPECT_EQ(check(op + "no_auth_user: a\n"), "no_auth_user not compatible with Trusted Operator");
    EXPECT_EQ(check(op + "resolver: URL(http://h/)\nresolver_preload { A1: eyJ }\n"),
              "resolver preloads only available for writeable resolver types MEM/DIR/CACHE_DIR");
}

TEST(OptionsCheck, wants_the_grace_period_within_the_lame_duck_duration) {
    Options options;
    options.lame_duck_duration = 30s;
    options.lame_duck_grace_period = 30s;
    const auto checked = check_options(options, {});
    ASSERT_FALSE(checked);
    EXPECT_EQ(
        checked.error().text,
        "lame duck grace period (30s) should be strictly lower than lame duck duration (30s)");
}

TEST(OptionsTable, documents_every_setting) {
    for (const Setting& row : settings()) {
        EXPECT_FALSE(row.help.empty()) << row.name;
        EXPECT_FALSE(row.type.empty()) << row.name;
        EXPECT_THAT(config_help(), HasSubstr(std::string(row.name))) << row.name;
    }
}

TEST(OptionsTable, every_setting_is_in_a_section) {
    std::string all;
    for (const SettingSection& section : setting_sections()) {
        const std::string help = config_help(section.name);
        EXPECT_THAT(help, StartsWith(fmt::format("== {}: {} ==\n", section.name, section.title)));
        EXPECT_GT(std::count(help.begin(), help.end(), '\n'), 3) << "there are settings in it";
        all += (all.empty() ? "" : "\n") + help;
    }
    EXPECT_EQ(config_help(), all);
    for (const Setting& row : settings())
        EXPECT_THAT(config_help(row.section), HasSubstr(fmt::format("\n{}", row.name))) << row.name;
}

TEST(OptionsTable, a_section_has_more_than_the_setting_of_its_name) {
    EXPECT_THAT(config_help("TLS"), HasSubstr("\nallow_non_tls\n"));
    EXPECT_THAT(config_help("tls"), HasSubstr("\ntls.cert_file\n"));
}

TEST(OptionsTable, stands_out_in_color_only_where_that_is_wanted) {
    EXPECT_EQ(config_help().find('\x1b'), std::string::npos);
    const std::string help = config_help("max_payload", Palette(true));
    EXPECT_THAT(help, StartsWith("\x1b[36mmax_payload\x1b[0m\n    Maximum"));
    EXPECT_THAT(config_help("tls", Palette(true)), StartsWith("\x1b[1m== tls: "));
}

TEST(OptionsTable, explains_one_setting_and_its_block) {
    EXPECT_EQ(
        config_help("MAX_CONN"),
        "max_connections, max_conn\n    Maximum number of client connections; if a reload lowers "
        "it, the newest connections are closed; 0 or -1: no connections\n"
        "    type: number\n    default: 65536\n    changes on reload\n");
    EXPECT_THAT(config_help("authorization"), HasSubstr("authorization.timeout"));
    EXPECT_EQ(config_help("nonsense"), "");
}

}  // namespace
}  // namespace midge
