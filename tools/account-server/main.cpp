#include <Poco/Net/Net.h>

#include "account-server/account_server.h"
#include "account-server/process.h"
#include "account-server/stderr_logger.h"
#include "base/program.h"
#include "base/version.h"
#include "common/own_name.h"

namespace midge::tools {
namespace {

// Runs the server once: from reading its settings to the request to stop or restart.
Result<StopRequest> run_once(const std::string& program, const std::vector<std::string>& arguments,
                             const Environment& environment) {
    auto command_line = parse_command_line(arguments, environment);
    if (!command_line) {
        fmt::print(stderr, "{}\n", help_hint(program + " -h"));
        return pass(command_line);
    }
    if (command_line->kind == StartKind::show_help) {
        fmt::print("{}", command_line_help(program));
        return StopRequest::stop;
    }
    if (command_line->kind == StartKind::show_version) {
        fmt::print("{} (midge {})\n", program, midge_version);
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

int run(const std::string& program, const std::vector<std::string>& arguments) {
    auto environment = Environment::from_process();
    Result<StopRequest> ended = StopRequest::restart;
    while (environment && ended && *ended == StopRequest::restart)
        ended = run_once(program, arguments, *environment);
    if (environment && ended) return 0;
    fmt::print(stderr, "{}: {}\n", program,
               environment ? ended.error().text : environment.error().text);
    return 1;
}

}  // namespace
}  // namespace midge::tools

int main(int argc, char** argv) {
    Poco::Net::initializeNetwork();
    midge::tools::prepare_stop_requests();
    const std::string program = midge::program_name(argc > 0 ? argv[0] : "midge-account-server");
    try {
        auto arguments = midge::program_arguments(argc, argv);
        arguments.erase(arguments.begin());
        return midge::tools::run(program, arguments);
    } catch (const std::exception& e) {
        fmt::print(stderr, "{}: {}\n", program, e.what());
        return 1;
    }
}
