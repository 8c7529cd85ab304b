// The program itself: started, asked, signalled, stopped.
#include <Poco/Environment.h>
#include <Poco/Net/DatagramSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Pipe.h>
#include <Poco/PipeStream.h>
#include <Poco/Process.h>
#include <Poco/StreamCopier.h>
#include <Poco/Thread.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <functional>

#include "base/json.h"
#include "base/version.h"
#include "support/temp_folder.h"

namespace midge::test {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::chrono::seconds patience{60};

bool eventually(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        Poco::Thread::sleep(5);
    }
    return true;
}

struct Outcome {
    int code = -1;
    std::string out;
    std::string err;
};

// Runs midged to its end.
Outcome run(const std::vector<std::string>& arguments) {
    Poco::Pipe out;
    Poco::Pipe err;
    auto process = Poco::Process::launch(MIDGED_PATH, arguments, nullptr, &out, &err);
    Outcome outcome;
    Poco::PipeInputStream out_text(out);
    Poco::PipeInputStream err_text(err);
    Poco::StreamCopier::copyToString(out_text, outcome.out);
    Poco::StreamCopier::copyToString(err_text, outcome.err);
    outcome.code = process.wait();
    return outcome;
}

// midged with its log, ports and pid in a folder of the test; ready when made.
class RunningMidged {
  public:
    RunningMidged(const TempFolder& folder, const std::string& config,
                  Poco::Process::Env environment = {})
        : folder_(folder), process_(launch(folder, config, environment)) {
        ready_ = eventually([&] { return has_logged("Server is ready") || ended(); });
    }
    ~RunningMidged() {
        if (ended()) return;
        Poco::Process::kill(process_);
        process_.wait();
    }

    static std::string configured(const TempFolder& folder, const std::string& config) {
        const std::string path = folder.path().string();
        return folder.write("server.conf", "listen: \"127.0.0.1:-1\"\npid_file: \"" + path +
                                               "/pid\"\nports_file_dir: \"" + path +
                                               "\"\nlog_file: \"" + path + "/log\"\n" + config);
    }
    [[nodiscard]] bool ready() const { return ready_; }
    [[nodiscard]] int id() const { return process_.id(); }
    [[nodiscard]] bool has_logged(const std::string& text) const {
        return folder_.read("log").find(text) != std::string::npos;
    }
    [[nodiscard]] std::string ports_file() const {
        return "midged_" + std::to_string(id()) + ".ports";
    }
    void signal(int number) const { ::kill(process_.id(), number); }
    // The code it ended with; -1: it did not.
    int wait_for_end() {
        (void)eventually([&] { return ended(); });
        return code_;
    }
    int stop() {
        signal(SIGTERM);
        return wait_for_end();
    }

  private:
    // The system tells the code of a process only once.
    bool ended() {
        if (code_ == -1) code_ = process_.tryWait();
        return code_ != -1;
    }
    static Poco::ProcessHandle launch(const TempFolder& folder, const std::string& config,
                                      const Poco::Process::Env& env) {
        const std::vector<std::string> arguments = {"-c", configured(folder, config)};
        return Poco::Process::launch(MIDGED_PATH, arguments, folder.path().string(), nullptr,
                                     nullptr, nullptr, env);
    }

    const TempFolder& folder_;
    Poco::ProcessHandle process_;
    int code_ = -1;
    bool ready_ = false;
};

// The first line that a client of the server sees.
std::string greeting(const TempFolder& folder, const RunningMidged& midged) {
    auto ports = parse_json_object(folder.read(midged.ports_file()));
    if (!ports) return ports.error().text;
    const std::string url = json_strings(*ports, "nats").value().at(0);
    Poco::Net::StreamSocket socket;
    socket.connect(Poco::Net::SocketAddress(url.substr(std::string("nats://").size())));
    std::string line;
    char c = 0;
    while (socket.receiveBytes(&c, 1) == 1 && c != '\n') line += c;
    return line;
}

TEST(Midged, serves_from_the_ready_line_to_the_signal) {
    const TempFolder folder;
    RunningMidged midged(folder, "server_name: tested\n");
    ASSERT_TRUE(midged.ready()) << folder.read("log");
    EXPECT_THAT(greeting(folder, midged), HasSubstr("\"server_name\":\"tested\""));
    EXPECT_EQ(folder.read("pid"), std::to_string(midged.id()));
    EXPECT_EQ(midged.stop(), 0);
    const std::string log = folder.read("log");
    EXPECT_THAT(
        log,
        MatchesRegex("\\[[0-9]+\\] [0-9/]{10} [0-9:]{8}\\.[0-9]{6} \\[INF\\] Starting midged\n.*"));
    EXPECT_THAT(log, HasSubstr("[INF] Listening for client connections on 127.0.0.1:"));
    EXPECT_THAT(log, HasSubstr("[INF] Trapped \"terminated\" signal"));
    EXPECT_THAT(log, HasSubstr("[INF] Server Exiting.."));
    EXPECT_EQ(folder.read(midged.ports_file()), "");
}

TEST(Midged, ends_with_zero_on_an_interrupt) {
    const TempFolder folder;
    RunningMidged midged(folder, "");
    ASSERT_TRUE(midged.ready());
    midged.signal(SIGINT);
    EXPECT_EQ(midged.wait_for_end(), 0);
}

TEST(Midged, reloads_all_or_nothing) {
    const TempFolder folder;
    RunningMidged midged(folder, "max_payload: 1000\n");
    ASSERT_TRUE(midged.ready()) << folder.read("log");

    RunningMidged::configured(folder, "max_payload: 2000\n");
    midged.signal(SIGHUP);
    ASSERT_TRUE(
        eventually([&] { return midged.has_logged("Reloaded server configuration (sha256:"); }));
    EXPECT_TRUE(midged.has_logged("Reloaded: max_payload = 2000"));
    EXPECT_THAT(greeting(folder, midged), HasSubstr("\"max_payload\":2000"));

    RunningMidged::configured(folder, "max_payload: 3000\nmax_subscriptions: 5\n");
    midged.signal(SIGHUP);
    ASSERT_TRUE(eventually([&] {
        return midged.has_logged(
            "[ERR] Failed to reload server configuration: config reload not supported for MaxSubs: "
            "old=0, new=5");
    }));
    RunningMidged::configured(folder, "foo: 1\n");
    midged.signal(SIGHUP);
    ASSERT_TRUE(eventually([&] { return midged.has_logged("unknown field \"foo\""); }));
    EXPECT_THAT(greeting(folder, midged), HasSubstr("\"max_payload\":2000"));
    EXPECT_EQ(midged.stop(), 0);
}

TEST(Midged, opens_its_log_anew_on_the_signal) {
    const TempFolder folder;
    RunningMidged midged(folder, "");
    ASSERT_TRUE(midged.ready());
    std::filesystem::rename(folder.path() / "log", folder.path() / "log.old");
    midged.signal(SIGUSR1);
    EXPECT_TRUE(eventually([&] { return midged.has_logged("[INF] File log re-opened"); }));
    EXPECT_THAT(folder.read("log.old"), HasSubstr("Server is ready"));
    EXPECT_EQ(midged.stop(), 0);
}

// Stands in for systemd.
class Manager {
  public:
    explicit Manager(const TempFolder& folder)
        : path_((folder.path() / "notify").string()),
          socket_(Poco::Net::SocketAddress(Poco::Net::AddressFamily::UNIX_LOCAL, path_)) {
        socket_.setReceiveTimeout(Poco::Timespan(60, 0));
    }
    [[nodiscard]] Poco::Process::Env environment() const { return {{"NOTIFY_SOCKET", path_}}; }
    // The next thing that the service said.
    std::string told() {
        char text[200];
        return {text, static_cast<size_t>(socket_.receiveBytes(text, sizeof text))};
    }

  private:
    const std::string path_;
    Poco::Net::DatagramSocket socket_;
};

TEST(Midged, tells_the_service_manager_how_it_does) {
    const TempFolder folder;
    Manager manager(folder);
    RunningMidged midged(folder, "", manager.environment());
    ASSERT_TRUE(midged.ready());
    EXPECT_EQ(manager.told(), "READY=1");
    midged.signal(SIGHUP);
    EXPECT_THAT(manager.told(), MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
    EXPECT_EQ(manager.told(), "READY=1");
    EXPECT_EQ(midged.stop(), 0);
    EXPECT_EQ(manager.told(), "STOPPING=1");
}

TEST(Midged, asks_the_service_manager_for_the_time_of_lame_duck_mode) {
    const TempFolder folder;
    Manager manager(folder);
    RunningMidged midged(folder, "lame_duck_duration: 50s\n", manager.environment());
    ASSERT_TRUE(midged.ready());
    EXPECT_EQ(manager.told(), "READY=1");
    midged.signal(SIGUSR2);
    EXPECT_EQ(manager.told(), "STOPPING=1\nEXTEND_TIMEOUT_USEC=80000000");
    EXPECT_EQ(midged.wait_for_end(), 0);
}

TEST(Midged, tells_the_watchdog_while_its_loops_turn) {
    const TempFolder folder;
    const std::string path = (folder.path() / "notify").string();
    Poco::Net::DatagramSocket manager(
        Poco::Net::SocketAddress(Poco::Net::AddressFamily::UNIX_LOCAL, path));
    manager.setReceiveTimeout(Poco::Timespan(60, 0));
    const auto told = [&] {
        char text[200];
        return std::string(text, static_cast<size_t>(manager.receiveBytes(text, sizeof text)));
    };
    RunningMidged midged(folder, "threads: 2\n",
                         {{"NOTIFY_SOCKET", path}, {"WATCHDOG_USEC", "200000"}});
    ASSERT_TRUE(midged.ready());
    EXPECT_EQ(told(), "READY=1");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(told(), "WATCHDOG=1");
    midged.signal(SIGTERM);
    std::string last = told();
    while (last == "WATCHDOG=1") last = told();
    EXPECT_EQ(last, "STOPPING=1");
    EXPECT_EQ(midged.wait_for_end(), 0);
}

TEST(Midged, keeps_silent_to_the_watchdog_of_another_process) {
    const TempFolder folder;
    RunningMidged midged(folder, "", {{"WATCHDOG_USEC", "soon"}});
    ASSERT_TRUE(midged.ready());
    EXPECT_TRUE(midged.has_logged("WATCHDOG_USEC is \"soon\", expected 1..86400000000"));
    EXPECT_EQ(midged.stop(), 0);
}

TEST(Midged, ends_with_one_when_its_port_is_taken) {
    const TempFolder folder;
    RunningMidged first(folder, "");
    ASSERT_TRUE(first.ready());
    const std::string line = greeting(folder, first);
    const auto info = parse_json_object(std::string_view(line).substr(5));
    ASSERT_TRUE(info) << line;
    const auto port = json_int(*info, "port");
    const Outcome second = run({"-a", "127.0.0.1", "-p", std::to_string(*port)});
    EXPECT_EQ(second.code, 1);
    EXPECT_THAT(second.err, HasSubstr("listen tcp 127.0.0.1:" + std::to_string(*port) +
                                      ": bind: address already in use"));
    EXPECT_THAT(second.err, Not(HasSubstr("Server is ready")));
    EXPECT_EQ(first.stop(), 0);
}

TEST(Midged, ends_with_one_when_a_plugin_is_missing) {
    const TempFolder folder;
    const Outcome outcome =
        run({"-c", folder.write("x.conf", "port: -1\nevent_sinks [ {plugin: no-such-sink} ]\n")});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("[FTL] "));
    EXPECT_THAT(outcome.err, HasSubstr("x.conf:2:"));
    EXPECT_THAT(outcome.err, HasSubstr("no-such-sink"));
}

TEST(Midged, loads_a_sink_and_says_which) {
    const TempFolder folder;
    RunningMidged midged(folder, "event_sinks [ {plugin: sink-file, path: \"" +
                                     (folder.path() / "events").string() + "\"} ]\n");
    ASSERT_TRUE(midged.ready()) << folder.read("log");
    EXPECT_THAT(
        folder.read("log"),
        HasSubstr(std::string("Loaded event sink plugin sink-file version ") + midge_version));
    EXPECT_EQ(midged.stop(), 0);
}

TEST(Midged, gives_each_instance_of_a_plugin_a_name) {
    const TempFolder folder;
    const auto sink = [&](const std::string& more) {
        return "{plugin: sink-file, path: \"" + (folder.path() / "events").string() + "\"" + more +
               "}";
    };
    const Outcome twice =
        run({"-c", folder.write("x.conf", "port: -1\nevent_sinks [" + sink(", instance: a") + ", " +
                                              sink(", instance: a") + "]\n")});
    EXPECT_EQ(twice.code, 1);
    EXPECT_THAT(twice.err, HasSubstr("instance \"a\" is there already"));
    RunningMidged midged(folder, "event_sinks [" + sink("") + ", " + sink("") + "]\n");
    ASSERT_TRUE(midged.ready()) << folder.read("log");
    EXPECT_EQ(midged.stop(), 0);
}

TEST(Midged, opens_the_files_of_sinks_again_when_told) {
    const TempFolder folder;
    const auto events = folder.path() / "events";
    RunningMidged midged(
        folder, "event_sinks [ {plugin: sink-file, path: \"" + events.string() + "\"} ]\n");
    ASSERT_TRUE(midged.ready()) << folder.read("log");
    std::filesystem::rename(events, folder.path() / "events.1");
    midged.signal(SIGUSR1);
    EXPECT_TRUE(eventually([&] { return std::filesystem::exists(events); }));
    EXPECT_EQ(midged.stop(), 0);
}

TEST(Midged, goes_into_the_background_once_it_serves) {
    const TempFolder folder;
    const Outcome started = run({"--daemon", "-c", RunningMidged::configured(folder, "")});
    EXPECT_EQ(started.code, 0) << started.err;
    EXPECT_THAT(folder.read("log"), HasSubstr("Server is ready"));
    const std::string pid_file = (folder.path() / "pid").string();
    EXPECT_EQ(run({"--signal", "quit=" + pid_file}).code, 0);
    EXPECT_TRUE(eventually(
        [&] { return folder.read("log").find("Server Exiting..") != std::string::npos; }));
    const Outcome failed = run(
        {"--daemon", "-c", RunningMidged::configured(folder, "event_sinks [ {plugin: nope} ]\n")});
    EXPECT_EQ(failed.code, 1);
}

TEST(Midged, answers_questions_about_itself) {
    const Outcome version = run({"-v"});
    EXPECT_EQ(version.code, 0);
    EXPECT_EQ(version.out,
              std::string("midged: v") + midge_version + " (NATS " + nats_version + ")\n");
    EXPECT_THAT(run({"--help"}).out, HasSubstr("Usage: midged [options]"));
    EXPECT_THAT(run({"--help-config", "max_payload"}).out, StartsWith("max_payload\n"));
    EXPECT_THAT(run({"--help-config", "events"}).out, StartsWith("== events: "));
    const Outcome plugin = run({"--help-config", "sink-file"});
    EXPECT_EQ(plugin.out.find("max_payload"), std::string::npos);
    EXPECT_THAT(plugin.out,
                StartsWith(fmt::format(
                    "== sink-file: event sink plugin, version {} ==\npath\n    the file\n"
                    "    type: text, required\n    changes on reload\n",
                    midge_version)));
    EXPECT_THAT(plugin.out, HasSubstr("\nfile_size_max\n"));
    EXPECT_THAT(plugin.out, HasSubstr("\n    type: number\n    default: 64MB\n"));
    const Outcome all = run({"--help-config"});
    EXPECT_THAT(all.out, HasSubstr("\n== resolver-url: resolver plugin, version "));
    EXPECT_EQ(all.out.find('\x1b'), std::string::npos);
    EXPECT_EQ(all.err, "");
    const Outcome unknown = run({"--nonsense"});
    EXPECT_EQ(unknown.code, 0);
    EXPECT_EQ(unknown.err, "flag provided but not defined: -nonsense\n");
    EXPECT_THAT(unknown.out, HasSubstr("Usage: midged"));
    const Outcome unbuilt = run({"--cluster", "nats://127.0.0.1:1"});
    EXPECT_EQ(unbuilt.code, 1);
    EXPECT_EQ(unbuilt.err, "midged: flag -cluster is not supported yet\n");
}

TEST(Midged, says_what_a_new_configuration_would_change) {
    const TempFolder folder;
    const std::string old = folder.write(
        "old.conf", "port: 1\ndebug: true\nauthorization {user: a, password: s3cret}\n");
    const std::string live = folder.write(
        "live.conf",
        "port: 1\ndebug: true\nmax_payload: 5\nauthorization {user: a, password: other}\n");
    const Outcome applied = run({"--test-config", "-c", live, "--diff", old});
    EXPECT_EQ(applied.code, 0) << applied.err;
    EXPECT_EQ(applied.out,
              "port: 1, unchanged\nmax_payload: 1048576 -> 5, applied by a reload\n"
              "debug: true, unchanged\nauthorization.user: unchanged\n"
              "authorization.password: changed, applied by a reload\n");
    const std::string restart = folder.write("restart.conf", "port: 2\nlog_file: x.log\n");
    const Outcome refused = run({"-t", "-c", restart, "--diff", old});
    EXPECT_EQ(refused.code, 2) << refused.err;
    EXPECT_THAT(refused.out, HasSubstr("port: 1 -> 2, needs a restart\n"));
    EXPECT_THAT(refused.out, HasSubstr("log_file: none -> x.log, applied by a reload\n"));
    EXPECT_EQ(run({"-t", "-c", live, "--diff", "/no/such"}).code, 1);
    EXPECT_EQ(run({"-c", live, "--diff", old}).err, "midged: --diff goes with --test-config\n");
}

TEST(Midged, reports_a_reload_as_an_event) {
    const TempFolder folder;
    const std::string sink = "event_sinks [ {plugin: sink-file, path: \"" +
                             (folder.path() / "events").string() + "\"} ]\n";
    RunningMidged midged(folder, sink);
    ASSERT_TRUE(midged.ready()) << folder.read("log");
    const auto reported = [&](const std::string& text) {
        return eventually([&] { return folder.read("events").find(text) != std::string::npos; });
    };
    RunningMidged::configured(folder, sink + "max_subs: 5\nmax_pending: 70MB\n");
    midged.signal(SIGHUP);
    EXPECT_TRUE(
        reported("\"needs_restart\":[\"max_pending\",\"max_subscriptions\"],"
                 "\"error\":\"config reload not supported for MaxPending: "));
    EXPECT_TRUE(
        midged.has_logged("[WRN] These settings need a restart: max_pending, max_subscriptions"));
    RunningMidged::configured(folder, sink + "max_payload: 2000\n");
    midged.signal(SIGHUP);
    EXPECT_TRUE(reported("\"applied\":[\"max_payload\"]}")) << folder.read("events");
    EXPECT_EQ(midged.stop(), 0);
}

TEST(Midged, tests_a_configuration) {
    const TempFolder folder;
    const std::string good = folder.write("good.conf", "port: 1\n");
    const Outcome valid = run({"-t", "-c", good});
    EXPECT_EQ(valid.code, 0);
    EXPECT_THAT(valid.err,
                MatchesRegex(
                    "midged: configuration file .*good.conf is valid \\(sha256:[0-9a-f]{64}\\)\n"));
    const std::string bad = folder.write("bad.conf", "foo: 1\nping_interval: 5\n");
    const Outcome invalid = run({"-t", "-c", bad});
    EXPECT_EQ(invalid.code, 1);
    EXPECT_EQ(
        invalid.err,
        "midged: " + bad +
            ":2:1: invalid use of field \"ping_interval\": ping_interval should be converted to a "
            "duration -- line 2, column 1: \"ping_interval\" wants a duration such as \"500ms\", "
            "\"30s\" or \"2m\", found the number 5; expected a unit, as in \"5s\"\n" +
            bad +
            ":1:0: unknown field \"foo\" -- line 1, column 1: the top level has no setting "
            "\"foo\"; \"--help-config\" shows all settings\n");
    EXPECT_EQ(run({"-t", "-c", folder.write("warn.conf", "ping_interval: 5\n")}).code, 1);
    EXPECT_EQ(run({"-t"}).err,
              "midged: must specify [-c, --config] option to check configuration file syntax\n");
    EXPECT_EQ(run({"-c", "/no/such.conf"}).err,
              "midged: open /no/such.conf: no such file or directory\n");
}

}  // namespace
}  // namespace midge::test
