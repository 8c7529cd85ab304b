#include "support/server_process.h"

#include <Poco/Exception.h>
#include <Poco/PipeStream.h>
#include <Poco/StreamCopier.h>
#include <Poco/Thread.h>
#include <Poco/URI.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/json.h"

namespace midge::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds patience{30};
constexpr long poll_milliseconds = 5;

// Reads the first `.ports` file in the folder. Fails while it is missing or half-written.
Result<JsonObject> read_ports(const std::filesystem::path& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".ports") continue;
        std::ifstream file(entry.path(), std::ios::binary);
        std::string text;
        Poco::StreamCopier::copyToString(file, text);
        return parse_json_object(text);
    }
    return fail(Errc::not_found, "no ports file");
}

// Returns the first URL of this kind of listener.
std::optional<Poco::Net::SocketAddress> address_of(const JsonObject& ports,
                                                   const std::string& kind) {
    const auto urls = json_strings(ports, kind);
    if (!urls || urls->empty()) return std::nullopt;
    const Poco::URI uri(urls->front());
    return Poco::Net::SocketAddress(uri.getHost(), uri.getPort());
}

}  // namespace

ServerProcess::ServerProcess(TempFolder folder, Poco::ProcessHandle process, Poco::Pipe output)
    : folder_(std::move(folder)), process_(std::move(process)), output_(std::move(output)) {}

ServerProcess::~ServerProcess() {
    // Callers of stop() have already reported a failed stop. Here the process only needs to end.
    if (running_) (void)stop();
}

Result<std::unique_ptr<ServerProcess>> ServerProcess::start(const ServerProgram& program,
                                                            const std::string& config) {
    TempFolder folder;
    const std::string path = folder.path().generic_string();
    const std::string file = folder.write(
        "server.conf",
        fmt::format("listen: \"127.0.0.1:-1\"\nports_file_dir: \"{}\"\n{}\n", path, config));
    Poco::Process::Args args{"-c", file, "-l", path + "/server.log"};
    args.insert(args.end(), program.args.begin(), program.args.end());
    Poco::Pipe output;
    try {
        // Runs in its own folder, because servers write files beside their configuration.
        const bool is_path = program.path.find('/') != std::string::npos;
        const std::string absolute =
            is_path ? std::filesystem::absolute(program.path).string() : program.path;
        auto process = Poco::Process::launch(absolute, args, path, nullptr, &output, &output);
        std::unique_ptr<ServerProcess> server(
            new ServerProcess(std::move(folder), std::move(process), std::move(output)));
        if (auto ready = server->wait_for_ports_file(); !ready) return pass(ready);
        return server;
    } catch (const Poco::Exception& e) {
        return fail(fmt::format("{} does not start: {}", program.path, e.displayText()));
    }
}

Result<> ServerProcess::wait_for_ports_file() {
    const auto end = Clock::now() + patience;
    while (Clock::now() < end) {
        if (const auto ports = read_ports(folder_.path())) {
            if (const auto clients = address_of(*ports, "nats")) {
                address_ = *clients;
                websocket_address_ = address_of(*ports, "websocket");
                return {};
            }
        }
        if (process_.tryWait() != -1) {
            running_ = false;
            return fail("the server ended while starting:\n" + last_words() + log());
        }
        Poco::Thread::sleep(poll_milliseconds);
    }
    Poco::Process::kill(process_);
    process_.wait();
    running_ = false;
    return fail("the server wrote no ports file in 30 seconds:\n" + last_words() + log());
}

std::string ServerProcess::log() const {
    return folder_.read("server.log");
}

std::string ServerProcess::last_words() {
    Poco::PipeInputStream in(output_);
    std::string text;
    Poco::StreamCopier::copyToString(in, text);
    return text;
}

Result<> ServerProcess::stop() {
    running_ = false;
    int code = process_.tryWait();
    const bool died = code != -1;
    if (!died) Poco::Process::requestTermination(process_.id());
    const auto end = Clock::now() + patience;
    while (code == -1 && Clock::now() < end) {
        Poco::Thread::sleep(poll_milliseconds);
        code = process_.tryWait();
    }
    if (code == -1) {
        Poco::Process::kill(process_);
        process_.wait();
        return fail("the server did not end in 30 seconds:\n" + last_words() + log());
    }
    if (died)
        return fail(fmt::format("the server died with code {}:\n{}{}", code, last_words(), log()));
    if (code != 0)
        return fail(fmt::format("the server ended with code {}:\n{}", code, last_words()));
    return {};
}

}  // namespace midge::test
