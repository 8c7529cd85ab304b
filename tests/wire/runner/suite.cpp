#include "wire/runner/suite.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/text.h"
#include "wire/runner/player.h"
#include "wire/runner/tcp_connection.h"

namespace midge::wire {
namespace {

// The number of scripts that one server plays one after the other.
constexpr size_t batch_scripts_max = 40;

struct Batch {
    std::string config;
    std::vector<const Script*> scripts;
};

// Returns the last lines, indented.
std::string end_of(const std::string& log) {
    constexpr size_t lines_max = 12;
    auto lines = split(trim(log), '\n');
    if (lines.size() > lines_max)
        lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(lines_max));
    return fmt::format("  log:      {}\n", fmt::join(lines, "\n            "));
}

class Suite {
  public:
    Suite(const SuiteOptions& options, std::ostream& out)
        : options_(options), out_(out), started_(wall_now_seconds()) {}

    Tally run(const std::vector<Script>& scripts) {
        const std::vector<Batch> batches = make_batches(scripts);
        std::atomic<size_t> next = 0;
        const auto work = [&] {
            for (size_t i = next++; i < batches.size(); i = next++) play(batches[i]);
        };
        std::vector<std::thread> workers;
        for (unsigned i = 0; i < options_.jobs; ++i) workers.emplace_back(work);
        for (std::thread& worker : workers) worker.join();
        return tally_;
    }

  private:
    // Small batches first, because scripts with their own config often wait for timers.
    std::vector<Batch> make_batches(const std::vector<Script>& scripts) {
        std::map<std::string, std::vector<const Script*>> by_config;
        for (const Script& script : scripts) {
            if (!script.only.empty() && script.only != options_.plays_as) {
                skip(script, "only for " + script.only);
            } else if (options_.client.tls && !script.openings.empty()) {
                skip(script, "speaks of TLS itself");
            } else if (options_.client.websocket && (script.tcp_only || !script.openings.empty())) {
                skip(script, "is about TCP");
            } else if (options_.address && !script.config.empty()) {
                skip(script, "needs a config of its own");
            } else {
                // The time is the same in every config of a run, so that equal configs stay equal.
                const Values values(script.jwts, started_);
                auto config = expand(script.config, Escapes::untouched,
                                     [&](auto e) { return values.lookup(e); });
                if (config)
                    by_config[*config].push_back(&script);
                else
                    report(script, Failure{1, "#config", "a config", config.error().text});
            }
        }
        std::vector<Batch> batches;
        for (const auto& [config, members] : by_config) {
            for (size_t at = 0; at < members.size(); at += batch_scripts_max) {
                const size_t end = std::min(members.size(), at + batch_scripts_max);
                batches.push_back({config,
                                   {members.begin() + static_cast<std::ptrdiff_t>(at),
                                    members.begin() + static_cast<std::ptrdiff_t>(end)}});
            }
        }
        std::stable_sort(batches.begin(), batches.end(), [](const Batch& a, const Batch& b) {
            return a.scripts.size() < b.scripts.size();
        });
        return batches;
    }

    void play(const Batch& batch) {
        if (options_.address) return play(batch, *options_.address, nullptr);
        auto server =
            test::ServerProcess::start(*options_.program, options_.extra_config + batch.config);
        if (!server) {
            std::string why = server.error().text;
            for (const Script* script : batch.scripts) {
                report(*script, Failure{1, "server", "a running server", why});
                why = "the same as for " + batch.scripts.front()->path;
            }
            return;
        }
        const auto& websocket = (*server)->websocket_address();
        play(batch, options_.client.websocket && websocket ? *websocket : (*server)->address(),
             server->get());
        if (auto ended = (*server)->stop(); !ended) {
            report(*batch.scripts.back(),
                   Failure{1, "server", "an orderly end after these scripts", ended.error().text});
        }
    }

    // `server`: the server whose log is shown for failures; null for a running server.
    void play(const Batch& batch, const Poco::Net::SocketAddress& address,
              const test::ServerProcess* server) {
        for (const Script* script : batch.scripts) {
            TcpDialer dialer(address);
            const auto failure =
                Player(*script, dialer, options_.client, wall_now_seconds()).play();
            report(*script, failure, failure && server != nullptr ? end_of(server->log()) : "");
        }
    }

    void report(const Script& script, const std::optional<Failure>& failure,
                const std::string& log = "") {
        const std::lock_guard lock(mutex_);
        if (!failure) {
            ++tally_.passed;
            out_ << fmt::format("pass  {}: {}\n", script.path, script.title);
            return;
        }
        ++tally_.failed;
        const std::string report =
            fmt::format("FAIL  {}: {}\n{}:{}: {}\n  expected: {}\n  got:      {}\n", script.path,
                        script.title, script.path, failure->line, failure->client,
                        failure->expected, failure->got) +
            log;
        out_ << report;
        out_.flush();
        tally_.failures += report;
    }

    void skip(const Script& script, const std::string& reason) {
        const std::lock_guard lock(mutex_);
        ++tally_.skipped;
        out_ << fmt::format("skip  {}: {}\n", script.path, reason);
    }

    const SuiteOptions& options_;
    std::ostream& out_;
    const int64_t started_;
    std::mutex mutex_;
    Tally tally_;
};

}  // namespace

Tally run_suite(const std::vector<Script>& scripts, const SuiteOptions& options,
                std::ostream& out) {
    return Suite(options, out).run(scripts);
}

}  // namespace midge::wire
