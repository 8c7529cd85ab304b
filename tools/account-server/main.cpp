#include <Poco/Net/Net.h>

#include "account-server/account_server.h"
#include "account-server/process.h"
#include "account-server/stderr_logger.h"
#include "base/program.h"
#include "base/version.h"

namespace midge::tools {
namespace {

// One life of the server, from reading its settings to a request to end or start anew.
Result<StopRequest> run_once(const std::vector<std::string>& arguments,
                             const Environment& environment) {
    auto command_line = parse_command_line(arguments, environment);
    if (!command_line) return pass(command_line);
    if (command_line->kind == StartKind::show_help) {
        fmt::print("{}", command_line_help());
        return StopRequest::stop;
    }
    if (command_line->kind == StartKind::show_version) {
        fmt::print("nats-account-server (midge {})\n", midge_version);
        return StopRequest::stop;
    }
    StderrLogger log(command_line->options.logging);
    for (const auto& warning : command_line->warnings) log.warn("{}", warning);
    auto server = AccountServer::start(command_line->options, log);
    if (!server) return pass(server);
    const StopRequest request = wait_for_stop_request();
    log.info("{}", request == StopRequest::restart ? "received sig-hup, restarting"
                                                   : "stopping account server");
    return request;
}

int run(const std::vector<std::string>& arguments) {
    auto environment = Environment::from_process();
    Result<StopRequest> ended = StopRequest::restart;
    while (environment && ended && *ended == StopRequest::restart)
        ended = run_once(arguments, *environment);
    if (environment && ended) return 0;
    fmt::print(stderr, "nats-account-server: {}\n",
               environment ? ended.error().text : environment.error().text);
    return 1;
}

}  // namespace
}  // namespace midge::tools

int main(int argc, char** argv) {
    Poco::Net::initializeNetwork();
    midge::tools::prepare_stop_requests();
    try {
        auto arguments = midge::program_arguments(argc, argv);
        arguments.erase(arguments.begin());
        return midge::tools::run(arguments);
    } catch (const std::exception& e) {
        fmt::print(stderr, "nats-account-server: {}\n", e.what());
        return 1;
    }
}
