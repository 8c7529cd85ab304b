// A resolver plugin that reads account JWTs from one text file, a line `A...|<jwt>` per account.
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <condition_variable>
#include <deque>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "resolver_plugin.hpp"

namespace {

using midge::plugin::FetchRequest;
using midge::plugin::ListRequest;
using midge::plugin::Reply;
using midge::plugin::Report;
using midge::plugin::ResolverHost;
using midge::plugin::ResolverStart;

constexpr size_t waiting_requests_max = 1000;

// Settings: {"file": "/path/to/accounts.txt"}. The file is read anew for each request, so edits
// show at once. Reading a file may take long (think of a network file system) and requests must not
// wait: they are queued for a thread of our own.
class ExampleResolver final : public midge::plugin::Resolver {
  public:
    // The host refuses all other settings, and those of another type.
    static constexpr midge_setting settings[] = {midge::plugin::required_setting(
        "file", MIDGE_SETTING_STRING, "the file, a line A...|<jwt> per account")};

    // An exception here refuses the settings; its text ends up in the host's log.
    ExampleResolver(ResolverHost host, const ResolverStart& start)
        : host_(host), file_(file_setting(start.config_json)), thread_([this] { run(); }) {
        host_.info("accounts are read from " + file_);
    }

    void fetch(FetchRequest request, Reply reply) override {
        push({std::move(request), 0, std::move(reply)});
    }

    // Overriding list() makes the host offer it. store() and erase() are not overridden: this
    // resolver is read-only.
    void list(ListRequest request, Reply reply) override {
        push({{std::move(request.cursor), {}}, request.limit, std::move(reply)});
    }

    // The host's deadline is over: what still waits need not be done.
    void cancel(uint64_t number) override {
        std::deque<Request> dropped;  // ends after the lock
        const std::lock_guard lock(mutex_);
        for (auto it = requests_.begin(); it != requests_.end();) {
            const bool cancelled = it->reply.request() == number;
            if (cancelled) dropped.push_back(std::move(*it));
            it = cancelled ? requests_.erase(it) : it + 1;
        }
    }

    void report(const Report& to) override {
        const std::lock_guard lock(mutex_);
        to.metric("requests_queued", static_cast<int64_t>(requests_.size()));
    }

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
        FetchRequest wanted;  // of a list: the account is the cursor
        uint32_t page = 0;    // of a list: how many accounts it may have; otherwise 0
        Reply reply;
    };

    static std::string file_setting(std::string_view config_json) {
        const auto settings =
            Poco::JSON::Parser().parse(std::string(config_json)).extract<Poco::JSON::Object::Ptr>();
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
        std::set<std::string> accounts;
        for (std::string line; std::getline(in, line);) {
            const size_t bar = line.find('|');
            if (bar == std::string::npos) continue;
            const std::string account = line.substr(0, bar);
            const std::string jwt = line.substr(bar + 1);
            if (request.page != 0) {
                accounts.insert(account);
            } else if (account == request.wanted.account) {
                if (!request.wanted.have.empty() && host_.version_of(jwt) == request.wanted.have)
                    return request.reply.unchanged();
                return request.reply.ok(jwt);
            }
        }
        if (request.page != 0) return answer_page(request, accounts);
        request.reply.fail(MIDGE_NOT_FOUND, request.wanted.account + " is not in " + file_);
    }

    // The cursor is the last account of the page before.
    static void answer_page(Request& request, const std::set<std::string>& accounts) {
        std::string lines;
        std::string last;
        uint32_t count = 0;
        auto next = accounts.upper_bound(request.wanted.account);
        for (; next != accounts.end() && count < request.page; ++next, ++count) {
            lines.append(*next).push_back('\n');
            last = *next;
        }
        request.reply.page(lines, next == accounts.end() ? "" : last);
    }

    const ResolverHost host_;
    const std::string file_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::deque<Request> requests_;
    std::thread thread_;  // last: it uses the members above
};

}  // namespace

MIDGE_EXPORT_RESOLVER(ExampleResolver, "resolver-example", "1.0.0")
