// A resolver plugin that reads account JWTs from one text file, a line `A...|<jwt>` per account.
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <condition_variable>
#include <deque>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "resolver_plugin.hpp"

namespace {

using midge::plugin::Reply;
using midge::plugin::ResolverHost;

constexpr size_t waiting_requests_max = 1000;

// Settings: {"file": "/path/to/accounts.txt"}. The file is read anew for each request, so edits
// show at once. Reading a file may take long (think of a network file system) and requests must not
// wait: they are queued for a thread of our own.
class ExampleResolver final : public midge::plugin::Resolver {
  public:
    // An exception here refuses the settings; its text ends up in the host's log.
    ExampleResolver(ResolverHost host, std::string_view config_json)
        : file_(file_setting(config_json)), thread_([this] { run(); }) {
        host.info("accounts are read from " + file_);
    }

    void fetch(std::string account, Reply reply) override {
        push({std::move(account), std::move(reply)});
    }

    // Overriding list() makes the host offer it. store() and erase() are not overridden: this
    // resolver is read-only.
    void list(Reply reply) override { push({"", std::move(reply)}); }

    // After this, no thread of ours runs. Requests that are still queued are answered when their
    // Reply is destroyed.
    void stop() override {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            requests_.clear();
        }
        wake_.notify_one();
        thread_.join();
    }

  private:
    struct Request {
        std::string account;  // empty: list all
        Reply reply;
    };

    // A setting that is misspelled should be refused, not ignored.
    static std::string file_setting(std::string_view config_json) {
        const auto settings =
            Poco::JSON::Parser().parse(std::string(config_json)).extract<Poco::JSON::Object::Ptr>();
        for (const auto& name : settings->getNames()) {
            if (name != "file") throw std::runtime_error("unknown setting \"" + name + "\"");
        }
        if (!settings->has("file")) throw std::runtime_error("\"file\" is missing");
        return settings->getValue<std::string>("file");
    }

    void push(Request request) {
        {
            const std::lock_guard lock(mutex_);
            if (requests_.size() < waiting_requests_max) {
                requests_.push_back(std::move(request));
                wake_.notify_one();
                return;
            }
        }
        request.reply.fail(MIDGE_UNAVAILABLE, "too many requests are waiting");
    }

    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            wake_.wait(lock, [&] { return stopping_ || !requests_.empty(); });
            if (stopping_) return;
            Request request = std::move(requests_.front());
            requests_.pop_front();
            lock.unlock();
            answer(request);
            lock.lock();
        }
    }

    void answer(Request& request) const {
        std::ifstream in(file_);
        if (!in) return request.reply.fail(MIDGE_UNAVAILABLE, "cannot read " + file_);
        std::string accounts;
        for (std::string line; std::getline(in, line);) {
            const size_t bar = line.find('|');
            if (bar == std::string::npos) continue;
            const std::string_view account(line.data(), bar);
            if (account == request.account) {
                return request.reply.ok(std::string_view(line).substr(bar + 1));
            }
            accounts.append(account).push_back('\n');
        }
        if (request.account.empty()) return request.reply.ok(accounts);
        request.reply.fail(MIDGE_NOT_FOUND, request.account + " is not in " + file_);
    }

    const std::string file_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::deque<Request> requests_;
    std::thread thread_;  // last: it uses the members above
};

}  // namespace

MIDGE_EXPORT_RESOLVER(ExampleResolver, "resolver-example", "1.0.0")
