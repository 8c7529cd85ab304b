// midged: reads the command line and the configuration, then runs the service or answers at once.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "background.h"
#include "base/program.h"
#include "base/version.h"
#include "command_line.h"
#include "config/diff_report.h"
#include "config_help.h"
#include "plugin_parts.h"
#include "service_app.h"
#include "service_control.h"
#include "service_host.h"
#include "service_options.h"
#include "signals.h"

namespace {

constexpr int exit_ok = 0;
constexpr int exit_error = 1;
constexpr int exit_needs_restart = 2;

int complain(const midge::CommandLine& line, const std::string& why) {
    fmt::print(stderr, "{}: {}\n", line.program, why);
    return exit_error;
}

int complain(const std::string& program, const midge::CommandLineError& error) {
    midge::report_start_failure(midge::StartFailure::configuration, error.text);
    if (error.show_usage) {
        fmt::print(stderr, "{}\n", error.text);
        fmt::print("{}\n", midge::usage(program));
    } else {
        fmt::print(stderr, "{}: {}\n", program, error.text);
    }
    return error.exit_code();
}

// The links with NATS names behave like the programs whose names they have.
std::string version_text(const midge::CommandLine& line) {
    if (line.program == "nats-server") return fmt::format("nats-server: v{}", midge::nats_version);
    return fmt::format("{}: v{} (NATS {})", line.program, midge::midge_version,
                       midge::nats_version);
}

int print_config_help(const midge::CommandLine& line) {
    midge::Options options;
    if (!line.config_file.empty()) {  // which may have a plugin_dir
        auto loaded = midge::read_service_options(line);
        if (!loaded) return complain(line, loaded.error().text);
        options = std::move(loaded->options);
    }
    const auto help =
        midge::service_config_help(line.config_help_key, midge::plugin_folder(options),
                                   midge::Palette(midge::StandardStream::out));
    if (!help) return complain(line, help.error().text);
    fmt::print("{}", help->text);
    fmt::print(stderr, "{}", help->notes);
    return exit_ok;
}

// Prints the changes that the file of the command line would make in a server that was started with
// line.diff_file.
int diff_config(const midge::CommandLine& line, const midge::LoadedOptions& loaded) {
    midge::CommandLine running = line;
    running.config_file = line.diff_file;
    auto before = midge::read_service_options(running);
    if (!before) return complain(line, before.error().text);
    auto old_options = midge::complete_options(std::move(*before));
    if (!old_options) return complain(line, old_options.error().text);
    auto new_options = midge::complete_options(loaded);
    if (!new_options) return complain(line, new_options.error().text);
    const midge::DiffReport report = midge::report_diff(*old_options, *new_options);
    fmt::print("{}", report.text);
    return report.needs_restart ? exit_needs_restart : exit_ok;
}

int test_config(const midge::CommandLine& line) {
    if (line.config_file.empty()) {
        return complain(line,
                        "must specify [-c, --config] option to check configuration file syntax");
    }
    const auto loaded = midge::read_service_options(line);
    if (!loaded) return complain(line, loaded.error().text);
    if (!loaded->warnings.empty())
        return complain(line, fmt::format("{}", fmt::join(loaded->warnings, "\n")));
    if (auto usable = midge::check_plugins(loaded->options); !usable)
        return complain(line, usable.error().text);
    fmt::print(stderr, "{}: configuration file {} is valid ({})\n", line.program, line.config_file,
               loaded->options.config_digest);
    return line.diff_file.empty() ? exit_ok : diff_config(line, *loaded);
}

int fail_start(const midge::CommandLine& line, const std::string& why) {
    midge::report_start_failure(midge::StartFailure::configuration, why);
    return complain(line, why);
}

int run_service(const midge::CommandLine& line) {
    auto loaded = midge::read_service_options(line);
    if (!loaded) return fail_start(line, loaded.error().text);
    for (const std::string& warning : loaded->warnings) fmt::print(stderr, "{}\n", warning);
    auto options = midge::complete_options(std::move(*loaded));
    if (!options) return fail_start(line, options.error().text);

    midge::Background background;
    if (line.daemon) {
        auto entered = midge::Background::enter();
        if (!entered) return complain(line, entered.error().text);
        background = std::move(*entered);
    }
    midge::SignalWaiter signals;
    midge::ServiceApp app(line, std::move(*options), signals, std::move(background));
    // Only the name, because POCO would interpret --daemon and other options itself.
    return app.run({line.program}) == Poco::Util::Application::EXIT_OK ? exit_ok : exit_error;
}

// Windows starts a service in a system folder, where relative paths are useless. Paths are relative
// to the folder of the configuration instead.
midge::Result<midge::CommandLine> in_config_folder(midge::CommandLine line) {
    if (!midge::is_hosted() || line.config_file.empty()) return line;
    std::error_code failure;
    const auto file = std::filesystem::absolute(line.config_file, failure);
    if (!failure) std::filesystem::current_path(file.parent_path(), failure);
    if (failure) {
        return midge::fail(midge::Errc::not_found,
                           fmt::format("open {}: {}", line.config_file, failure.message()));
    }
    line.config_file = file.string();
    return line;
}

int run_in_config_folder(const midge::CommandLine& line) {
    const auto moved = in_config_folder(line);
    return moved ? run_service(*moved) : fail_start(line, moved.error().text);
}

int control_service(const midge::CommandLine& line) {
    const auto answer =
        midge::control_service({.action = line.service,
                                .name = line.flags.server_name.value_or(line.program),
                                .config_file = line.config_file,
                                .start = line.service_start,
                                .account = line.service_account});
    if (!answer) return complain(line, answer.error().text);
    fmt::print("{}\n", answer->text);
    return answer->exit_code;
}

int run(const midge::CommandLine& line) {
    if (line.show_version) {
        fmt::print("{}\n", version_text(line));
        return exit_ok;
    }
    if (line.show_help) {
        fmt::print("{}\n", midge::usage(line.program));
        return exit_ok;
    }
    if (line.show_tls_help) {
        fmt::print("{}", midge::tls_help());
        return exit_ok;
    }
    if (line.show_config_help) return print_config_help(line);
    if (!line.signal.empty()) {
        const auto sent = midge::send_signal(line.program, line.signal);
        if (!sent) return complain(line, sent.error().text);
        if (!sent->empty()) fmt::print("{}: {}\n", line.program, *sent);
        return exit_ok;
    }
    if (!line.service.empty()) return control_service(line);
    if (line.test_config) return test_config(line);
    if (!line.diff_file.empty()) return complain(line, "--diff goes with --test-config");
    return midge::run_hosted([&] { return run_in_config_folder(line); });
}

}  // namespace

int main(int argc, char** argv) {
    auto arguments = midge::program_arguments(argc, argv);
    if (arguments.empty()) arguments.emplace_back("midged");
    const std::string program = midge::program_name(arguments.front());
    arguments.erase(arguments.begin());
    const auto line = midge::parse_command_line(program, arguments);
    if (line) return run(*line);
    // The service manager gets the error, too.
    return midge::run_hosted([&] { return complain(program, line.error()); });
}
