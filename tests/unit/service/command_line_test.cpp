// The flags of nats-server, and the texts about wrong ones.
#include "command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service_control.h"

namespace midge {
namespace {

using ::testing::HasSubstr;

CommandLine parsed(const std::vector<std::string>& arguments) {
    auto line = parse_command_line("midged", arguments);
    EXPECT_TRUE(line) << line.error().text;
    return line ? *line : CommandLine{};
}

CommandLineError refused(const std::vector<std::string>& arguments) {
    const auto line = parse_command_line("midged", arguments);
    EXPECT_FALSE(line);
    return line ? CommandLineError{} : line.error();
}

Options applied(const std::vector<std::string>& arguments, Options options = {}) {
    parsed(arguments).flags.apply(options);
    return options;
}

TEST(CommandLine, takes_flags_with_one_dash_or_two_and_values_in_either_form) {
    EXPECT_EQ(parsed({"-c", "a.conf"}).config_file, "a.conf");
    EXPECT_EQ(parsed({"--config=a.conf"}).config_file, "a.conf");
    EXPECT_EQ(parsed({"-config", "a.conf"}).config_file, "a.conf");
    EXPECT_EQ(applied({"-p", "-1"}).port, -1);
    EXPECT_EQ(applied({"--port=4333"}).port, 4333);
    for (const char* name : {"-a", "--addr", "-net", "--host"})
        EXPECT_EQ(applied({name, "h"}).host, "h") << name;
}

TEST(CommandLine, lays_only_given_flags_over_the_file) {
    Options file;
    file.port = 5000;
    file.server_name = "from-file";
    file.log.debug = true;
    const Options options =
        applied({"-n", "from-flag", "-D=false", "-l", "x.log", "-P", "x.pid"}, file);
    EXPECT_EQ(options.port, 5000);
    EXPECT_EQ(options.server_name, "from-flag");
    EXPECT_FALSE(options.log.debug);
    EXPECT_EQ(options.log.file, "x.log");
    EXPECT_EQ(options.pid_file, "x.pid");
    EXPECT_TRUE(options.log.time);
}

TEST(CommandLine, switches_debug_and_trace_together) {
    const LogOptions both = applied({"-DV"}).log;
    EXPECT_TRUE(both.debug && both.trace && !both.trace_verbose);
    const LogOptions all = applied({"--DVV"}).log;
    EXPECT_TRUE(all.debug && all.trace && all.trace_verbose);
    const LogOptions verbose = applied({"-VV"}).log;
    EXPECT_TRUE(!verbose.debug && verbose.trace && verbose.trace_verbose);
}

TEST(CommandLine, knows_what_is_answered_at_once) {
    EXPECT_TRUE(parsed({"-v"}).show_version);
    EXPECT_TRUE(parsed({"--version"}).show_version);
    EXPECT_TRUE(parsed({"version"}).show_version);
    EXPECT_TRUE(parsed({"-h"}).show_help);
    EXPECT_TRUE(parsed({"HELP"}).show_help);
    EXPECT_TRUE(parsed({"-t", "-c", "x"}).test_config);
    EXPECT_TRUE(parsed({"--daemon"}).daemon);
    EXPECT_EQ(parsed({"-sl", "reload=12"}).signal, "reload=12");
    EXPECT_TRUE(parsed({"--help-config"}).show_config_help);
    EXPECT_EQ(parsed({"--help-config", "max_payload"}).config_help_key, "max_payload");
}

TEST(CommandLine, shows_the_usage_after_wrong_use_as_nats_server_does) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
        {{"--foo"}, "flag provided but not defined: -foo"},
        {{"-p", "x"}, "invalid value \"x\" for flag -p: parse error"},
        {{"-p", "99999999999"}, "invalid value \"99999999999\" for flag -p: value out of range"},
        {{"-D=x"}, "invalid boolean value \"x\" for -D: parse error"},
        {{"-p"}, "flag needs an argument: -p"},
        {{"---x"}, "bad flag syntax: ---x"},
    };
    for (const auto& [arguments, text] : cases) {
        const CommandLineError error = refused(arguments);
        EXPECT_EQ(error.text, text);
        EXPECT_TRUE(error.show_usage);
        EXPECT_EQ(error.exit_code(), 0);
    }
}

TEST(CommandLine, refuses_other_words) {
    const CommandLineError error = refused({"-D", "foo"});
    EXPECT_EQ(error.text, "unrecognized command: \"foo\"");
    EXPECT_EQ(error.exit_code(), 1);
}

TEST(CommandLine, names_the_flag_that_is_not_built) {
    for (const char* flag : {"-m", "-js", "--cluster", "--routes", "--profile"}) {
        const CommandLineError error = refused({flag, "1"});
        EXPECT_THAT(error.text, HasSubstr("is not supported yet")) << flag;
        EXPECT_EQ(error.exit_code(), 1);
    }
    EXPECT_EQ(refused({"--cluster=nats://h:1"}).text, "flag -cluster is not supported yet");
}

TEST(CommandLine, makes_a_tls_block_of_its_flags) {
    const auto made = [](const std::vector<std::string>& arguments, Options options = {}) {
        const auto applied = parsed(arguments).flags.apply_tls(options);
        return applied ? std::move(options) : Options{};
    };
    const Options options = made({"--tlsverify", "--tlscert=c", "--tlskey", "k", "-tlscacert=a"});
    ASSERT_TRUE(options.tls);
    EXPECT_TRUE(options.tls->verify);
    EXPECT_EQ(options.tls->ca_file, "a");
    EXPECT_EQ(options.tls->certificates.front().certificate_file, "c");
    EXPECT_EQ(options.tls->certificates.front().key_file, "k");
    EXPECT_FALSE(made({"-D"}).tls);
    EXPECT_TRUE(made({"-D"}, options).tls);
    EXPECT_FALSE(made({"--tls=false"}, options).tls);

    Options none;
    EXPECT_EQ(parsed({"--tls"}).flags.apply_tls(none).error().text,
              "TLS Server certificate must be present and valid");
    EXPECT_EQ(parsed({"--tlscert", "c"}).flags.apply_tls(none).error().text,
              "TLS Server private key must be present and valid");
}

TEST(CommandLine, takes_what_to_do_with_the_service) {
    const auto line =
        parse_command_line("midged", {"--service", "install", "--name", "second", "-c", "x.conf",
                                      "--start", "manual", "--account", "LocalSystem"});
    ASSERT_TRUE(line);
    EXPECT_EQ(line->service, "install");
    EXPECT_EQ(line->flags.server_name, "second");
    EXPECT_EQ(line->config_file, "x.conf");
    EXPECT_EQ(line->service_start, "manual");
    EXPECT_EQ(line->service_account, "LocalSystem");
}

TEST(CommandLine, refuses_flags_that_a_service_would_not_get) {
    EXPECT_EQ(refused({"--service", "install", "-p", "4333"}).text,
              "flag -p does not go with --service install");
    EXPECT_EQ(refused({"-D", "--service", "start"}).text,
              "flag -D does not go with --service start");
    EXPECT_EQ(refused({"--service", "stop", "-c", "x"}).text,
              "flag -c does not go with --service stop");
    EXPECT_EQ(refused({"--account", "x"}).text, "flag -account goes with --service install");
    EXPECT_EQ(refused({"--service="}).text, "flag -service needs an action");
}

TEST(CommandLine, explains_every_flag_of_its_own) {
    const std::string text = usage("midged");
    for (const char* flag : {"--addr",
                             "--port",
                             "--server_name",
                             "--config",
                             "-t, ",
                             "--pid",
                             "--ports_file_dir",
                             "--client_advertise",
                             "--signal",
                             "--daemon",
                             "--log ",
                             "--log_size_limit",
                             "--logtime",
                             "--debug",
                             "--trace",
                             "-DVV",
                             "--max_traced_msg_len",
                             "--user",
                             "--pass",
                             "--auth",
                             "--help-config",
                             "--version"}) {
        EXPECT_THAT(text, HasSubstr(flag));
    }
    // Options for Windows are only in the help for Windows.
    const std::string service = service_usage("midged");
    EXPECT_THAT(text, HasSubstr(service));
    for (const char* flag : {"--service", "--start", "--account"})
        EXPECT_EQ(text.find(flag) == std::string::npos, service.empty()) << flag;
}

}  // namespace
}  // namespace midge
