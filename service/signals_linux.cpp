#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "base/text.h"
#include "pid_text.h"
#include "process_info.h"
#include "signal_answer.h"
#include "signal_answer_text.h"
#include "signals.h"

namespace midge {
namespace {

// Nobody else has a use for it.
int wake_signal() {
    return SIGRTMIN;
}

sigset_t waited_for() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) sigaddset(&set, signal);
    sigaddset(&set, wake_signal());
    sigaddset(&set, answered_reload_signal());
    sigaddset(&set, diff_signal());
    return set;
}

// 0: no such command.
int signal_of(std::string_view command) {
    if (command == "stop") return SIGKILL;
    if (command == "quit") return SIGINT;
    if (command == "term") return SIGTERM;
    if (command == "reopen") return SIGUSR1;
    if (command == "reload") return SIGHUP;
    if (command == "diff") return diff_signal();
    if (command == "ldm") return SIGUSR2;
    return 0;
}

Result<std::vector<int>> select_processes(const std::string& program, const std::string& wanted) {
    const bool prefix = wanted.ends_with('*');
    const std::string digits = prefix ? wanted.substr(0, wanted.size() - 1) : wanted;
    if (!digits.empty()) {
        auto id = parse_pid(digits);
        if (!id) return pass(id);
        if (!prefix) return std::vector<int>{*id};
    }
    std::vector<int> running = other_instances();
    if (running.size() > 1 && !prefix) {
        return fail(Errc::failed, fmt::format("multiple {} processes running:\n{}", program,
                                              fmt::join(running, "\n")));
    }
    if (running.empty())
        return fail(Errc::not_found, fmt::format("no {} processes running", program));
    std::erase_if(running,
                  [&](int other) { return !fmt::format("{}", other).starts_with(digits); });
    return running;
}

tl::unexpected<Error> not_sent() {
    return fail(Errc::failed, to_lower_ascii(std::generic_category().message(errno)));
}

Result<std::string> send_plain(int process, int signal) {
    if (::kill(process, signal) != 0) return not_sent();
    return std::string();
}

Result<std::string> ask_and_wait(int process, int signal) {
    AnswerSocket answers;
    const auto number = answers.open();
    if (!number) return fail(number.error().code, number.error().text);
    sigval value{};
    value.sival_int = *number;
    if (::sigqueue(process, signal, value) != 0) return not_sent();
    auto answer = answers.wait(process, signal_answer_max);
    if (!answer) return answer;
    return answer_line(process, *answer);
}

Result<std::string> send_to(int process, int signal) {
    const int question = signal == SIGHUP ? answered_reload_signal() : signal;
    const bool asks = question == answered_reload_signal() || question == diff_signal();
    if (asks && takes_question(process, question)) return ask_and_wait(process, question);
    if (signal == diff_signal()) return knows_no_diff();
    return send_plain(process, signal);
}

}  // namespace

std::string_view signal_name(ServiceSignal signal) noexcept {
    switch (signal) {
        case ServiceSignal::interrupt:
            return "interrupt";
        case ServiceSignal::terminate:
            return "terminated";
        case ServiceSignal::reload:
            return "hangup";
        case ServiceSignal::diff:
            return "diff";
        case ServiceSignal::reopen_log:
            return "user defined signal 1";
        case ServiceSignal::wake:
            return "wake";
        case ServiceSignal::lame_duck:
            break;
    }
    return "user defined signal 2";
}

struct SignalWaiter::System {
    static constexpr std::array<int, 4> signals = {SIGILL, SIGBUS, SIGSEGV, SIGSYS};
    std::array<struct sigaction, 4> actions{};
    SignalAsker asker;  // of the last reload or diff
};

SignalWaiter::~SignalWaiter() = default;

void SignalWaiter::restore_crash_handlers() const {
    for (size_t i = 0; i < System::signals.size(); ++i) {
        sigaction(System::signals[i], &system_->actions[i], nullptr);
    }
}

SignalWaiter::SignalWaiter() : system_(std::make_unique<System>()) {
    for (size_t i = 0; i < System::signals.size(); ++i) {
        sigaction(System::signals[i], nullptr, &system_->actions[i]);
    }
    const sigset_t set = waited_for();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    // Writing to a connection or pipe that the other side closed is an error of that write.
    std::signal(SIGPIPE, SIG_IGN);
}

ServiceSignal SignalWaiter::wait() {
    const sigset_t set = waited_for();
    while (true) {
        siginfo_t about{};
        const int signal = sigwaitinfo(&set, &about);
        if (signal < 0) continue;
        if (signal == wake_signal()) return ServiceSignal::wake;
        if (signal == answered_reload_signal() || signal == diff_signal()) {
            if (about.si_code == SI_QUEUE)
                system_->asker = {about.si_pid, about.si_value.sival_int};
            return signal == diff_signal() ? ServiceSignal::diff : ServiceSignal::reload;
        }
        switch (signal) {
            case SIGINT:
                return ServiceSignal::interrupt;
            case SIGTERM:
                return ServiceSignal::terminate;
            case SIGHUP:
                return ServiceSignal::reload;
            case SIGUSR1:
                return ServiceSignal::reopen_log;
            default:
                return ServiceSignal::lame_duck;
        }
    }
}

void SignalWaiter::answer(const Result<std::string>& outcome) {
    send_answer(std::exchange(system_->asker, {}), outcome);
}

void SignalWaiter::wake() noexcept {
    ::kill(::getpid(), wake_signal());
}

Result<std::string> send_signal(const std::string& program, const std::string& request) {
    const std::vector<std::string_view> parts = split(request, '=');
    if (parts.size() > 2)
        return fail(Errc::invalid, fmt::format("invalid signal parameters: [{}]",
                                               fmt::join(parts.begin() + 2, parts.end(), " ")));
    const std::string command(parts[0]);
    auto wanted = parts.size() == 2 ? pid_text(std::string(parts[1])) : std::string();
    if (!wanted) return pass(wanted);
    auto processes = select_processes(program, *wanted);
    if (!processes) return pass(processes);
    const int signal = signal_of(command);
    if (signal == 0) return fail(Errc::invalid, fmt::format("unknown signal \"{}\"", command));
    std::string failures, done;
    for (const int process : *processes) {
        auto sent = send_to(process, signal);
        if (!sent) {
            failures += signal_failure_line(command, process, sent.error().text);
        } else if (!sent->empty()) {
            done += fmt::format("{}{}", done.empty() ? "" : "\n", *sent);
        }
    }
    if (!failures.empty()) return fail(Errc::failed, failures);
    return done;
}

}  // namespace midge
