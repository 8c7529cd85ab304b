// wire_runner: plays .wire scripts against a NATS server. See tests/wire/README.md.
#include <Poco/Environment.h>
#include <Poco/Exception.h>
#include <Poco/Path.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <climits>
#include <filesystem>
#include <iostream>
#include <locale>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "support/certificates.h"
#include "wire/runner/suite.h"

namespace {

using namespace midge;
using namespace midge::wire;
namespace fs = std::filesystem;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;
constexpr int exit_skipped = 77;

constexpr const char* usage = R"(usage: wire_runner SERVER [options] FILE|FOLDER...
SERVER, one of
  --server PATH       start this program for each config (with the flags of nats-server)
  --nats-server       the same with the official server: the program that the environment variable NATS_SERVER names,
                      or nats-server on PATH; exit code 77 without one
  --address HOST:PORT a running server; scripts with a config of their own are skipped
options
  --arg TEXT          one more argument for the server; repeatable
  --reactor NAME      add "reactor: NAME" to the configs (epoll or poco; midged only)
  --as NAME           play the scripts that are for nats-server, or for midged, only (default: by the program's name)
  --jobs N            servers at a time (default 4)
  --cut N             write at most N bytes at a time, to try commands that arrive in pieces
  --tls               TLS with every client after INFO; scripts that speak of TLS themselves are skipped
  --websocket         every client uses WebSocket, with --tls within TLS; scripts about TCP or TLS are skipped
  --compression       the same with permessage-deflate
  --patience SECONDS  longest wait for each expected item (default 10)
)";

struct Arguments {
    SuiteOptions suite;
    std::vector<std::string> server_args;
    std::vector<fs::path> paths;
    std::optional<std::string> plays_as;
};

Result<unsigned> parse_number(const std::string& flag, const std::string& text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value == 0) {
        return fail(Errc::invalid,
                    fmt::format("{} is \"{}\", expected a number above 0", flag, text));
    }
    return value;
}

std::string program_name(const std::string& path) {
    return fs::weakly_canonical(path).stem().string();
}

// A link to Midge with the name nats-server on PATH must not be taken for the official server.
Result<std::string> find_nats_server() {
    if (Poco::Environment::has("NATS_SERVER")) return Poco::Environment::get("NATS_SERVER");
    const std::string path = Poco::Environment::get("PATH", "");
    for (const std::string_view folder : split(path, Poco::Path::pathSeparator())) {
        const fs::path candidate = fs::path(folder) / "nats-server";
        if (fs::exists(candidate) && program_name(candidate.string()) != "midged")
            return candidate.string();
    }
    return fail(Errc::not_found, "no nats-server: NATS_SERVER is not set, and PATH has none");
}

Result<> apply(Arguments& arguments, const std::string& flag, const std::string& value) {
    SuiteOptions& suite = arguments.suite;
    if (flag == "--server")
        suite.program = test::ServerProgram{value, {}};
    else if (flag == "--arg")
        arguments.server_args.push_back(value);
    else if (flag == "--reactor")
        suite.extra_config += fmt::format("reactor: \"{}\"\n", value);
    else if (flag == "--as")
        arguments.plays_as = value;
    else if (flag == "--address") {
        try {
            suite.address = Poco::Net::SocketAddress(value);
        } catch (const Poco::Exception& e) {
            return fail(Errc::invalid, fmt::format("--address {}: {}", value, e.displayText()));
        }
    } else if (flag == "--jobs" || flag == "--cut" || flag == "--patience") {
        auto number = parse_number(flag, value);
        if (!number) return pass(number);
        if (flag == "--jobs") suite.jobs = *number;
        if (flag == "--cut") suite.client.cut_bytes = *number;
        if (flag == "--patience") suite.client.patience = std::chrono::seconds(*number);
    } else {
        return fail(Errc::invalid, fmt::format("unknown option {}", flag));
    }
    return {};
}

// Returns the config that the server needs for such clients.
std::string listener_config(const ClientOptions& client) {
    const std::string tls =
        fmt::format("tls {{ cert_file: \"{}\", key_file: \"{}\", timeout: 10 }}",
                    test::certificate_path("server.pem"), test::certificate_path("server.key"));
    if (client.websocket) {
        return fmt::format(
            "websocket {{ listen: \"127.0.0.1:-1\", compression: {}, handshake_timeout: 10, {} "
            "}}\n",
            client.compression, client.tls ? tls : "no_tls: true");
    }
    return client.tls ? tls + "\n" : "";
}

Result<Arguments> parse_arguments(const std::vector<std::string>& words) {
    Arguments arguments;
    for (size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--nats-server") {
            auto path = find_nats_server();
            if (!path) return pass(path);
            arguments.suite.program = test::ServerProgram{*path, {}};
            arguments.plays_as = "nats-server";
        } else if (word == "--tls") {
            arguments.suite.client.tls = true;
        } else if (word == "--websocket" || word == "--compression") {
            arguments.suite.client.websocket = true;
            if (word == "--compression") arguments.suite.client.compression = true;
        } else if (!word.starts_with("--")) {
            arguments.paths.emplace_back(word);
        } else if (i + 1 == words.size()) {
            return fail(Errc::invalid, fmt::format("{} needs a value", word));
        } else if (auto done = apply(arguments, word, words[++i]); !done) {
            return pass(done);
        }
    }
    SuiteOptions& suite = arguments.suite;
    suite.extra_config += listener_config(suite.client);
    if (suite.program.has_value() == suite.address.has_value())
        return fail(Errc::invalid, "expected one server");
    if (arguments.paths.empty()) return fail(Errc::invalid, "expected scripts");
    if (suite.program) {
        suite.program->args = arguments.server_args;
        suite.plays_as =
            program_name(suite.program->path) == "nats-server" ? "nats-server" : "midged";
    }
    if (arguments.plays_as) suite.plays_as = *arguments.plays_as;
    return arguments;
}

Result<std::vector<Script>> load_scripts(const std::vector<fs::path>& paths) {
    std::vector<std::string> files;
    for (const fs::path& path : paths) {
        if (!fs::is_directory(path)) {
            files.push_back(path.generic_string());
            continue;
        }
        for (const auto& entry : fs::recursive_directory_iterator(path)) {
            if (entry.path().extension() == ".wire") files.push_back(entry.path().generic_string());
        }
    }
    std::sort(files.begin(), files.end());
    std::vector<Script> scripts;
    for (const std::string& file : files) {
        auto script = load_script(file);
        if (!script) return pass(script);
        scripts.push_back(std::move(*script));
    }
    return scripts;
}

int run(const std::vector<std::string>& words) {
    auto arguments = parse_arguments(words);
    if (!arguments) {
        std::cerr << "wire_runner: " << arguments.error().text << "\n";
        if (arguments.error().code == Errc::not_found) return exit_skipped;
        std::cerr << usage;
        return exit_usage;
    }
    auto scripts = load_scripts(arguments->paths);
    if (!scripts) {
        std::cerr << scripts.error().text << "\n";
        return exit_usage;
    }
    const Tally tally = run_suite(*scripts, arguments->suite, std::cout);
    // Repeated at the end, because long logs are cut in the middle.
    if (!tally.failures.empty()) std::cout << "\nfailed:\n" << tally.failures << "\n";
    std::cout << fmt::format("{} passed, {} failed", tally.passed, tally.failed);
    if (tally.skipped > 0) std::cout << fmt::format(", {} skipped", tally.skipped);
    std::cout << std::endl;
    return tally.failed == 0 && tally.passed > 0 ? 0 : exit_failed;
}

// std::regex gets the narrow form of each character from the locale. libstdc++ caches it at the
// first call without a lock, so that threads that compile expressions would race.
void prepare_regular_expressions() {
    const std::locale locale;
    const auto& letters = std::use_facet<std::ctype<char>>(locale);
    for (int letter = 0; letter <= UCHAR_MAX; ++letter) {
        (void)letters.narrow(static_cast<char>(letter), '\0');
    }
}

}  // namespace

int main(int argc, char** argv) {
    prepare_regular_expressions();
    try {
        return run(std::vector<std::string>(argv + 1, argv + argc));
    } catch (const std::exception& e) {
        std::cerr << "wire_runner: " << e.what() << "\n";
        return exit_failed;
    }
}
