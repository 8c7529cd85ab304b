// Reloads and new claims during the first logins to accounts. Intended for ThreadSanitizer; without
// it, the test shows that no valid login is refused.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "auth/jwt.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/json.h"
#include "broker/broker.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::RawClient;

// The storage that all resolvers share, like an account server.
class Store {
  public:
    void put(const std::string& account, const std::string& jwt) {
        const std::lock_guard lock(mutex_);
        jwts_[account] = jwt;
    }
    Result<std::string> get(const std::string& account) const {
        const std::lock_guard lock(mutex_);
        const auto found = jwts_.find(account);
        if (found == jwts_.end()) return fail(Errc::not_found, "no such account");
        return found->second;
    }

  private:
    mutable std::mutex mutex_;
    std::map<std::string, std::string> jwts_;
};

// Answers on a separate thread, like a plugin.
class ThreadedResolver final : public AccountResolver {
  public:
    explicit ThreadedResolver(std::shared_ptr<Store> store)
        : store_(std::move(store)), thread_([this] { answer(); }) {}
    ~ThreadedResolver() override { stop(); }
    [[nodiscard]] std::string_view name() const noexcept override { return "threaded"; }
    [[nodiscard]] bool can_store() const noexcept override { return true; }
    [[nodiscard]] bool can_list() const noexcept override { return false; }
    [[nodiscard]] bool can_erase() const noexcept override { return false; }
    void fetch(const std::string& account, FetchDone done) override {
        {
            const std::lock_guard lock(mutex_);
            if (!stopped_) {
                asked_.emplace_back(account, std::move(done));
                changed_.notify_one();
                return;
            }
        }
        done(fail(Errc::unavailable, "stopped"));
    }
    void store(const std::string& account, const std::string& jwt, Done done) override {
        store_->put(account, jwt);
        done({});
    }
    void list(ListDone done) override { done(fail(Errc::unsupported, "no list")); }
    void erase(const std::string&, Done done) override {
        done(fail(Errc::unsupported, "no erase"));
    }
    void stop() override {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
            changed_.notify_one();
        }
        if (thread_.joinable()) thread_.join();
    }

  private:
    void answer() {
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [this] { return stopped_ || !asked_.empty(); });
            if (asked_.empty()) return;
            auto [account, done] = std::move(asked_.front());
            asked_.pop_front();
            const bool unavailable = stopped_;
            lock.unlock();
            done(unavailable ? fail(Errc::unavailable, "stopped") : store_->get(account));
            lock.lock();
        }
    }

    const std::shared_ptr<Store> store_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::pair<std::string, FetchDone>> asked_;
    bool stopped_ = false;
    std::thread thread_;
};

class ReloadDuringLogins : public testing::Test {
  protected:
    void SetUp() override {
        OperatorClaims claims;
        claims.sub = operator_.public_key();
        claims.name = "O";
        claims.system_account = system_.public_key();
        options_.operator_jwts = {*encode(claims, operator_, wall_now_seconds())};
        options_.host = "127.0.0.1";
        options_.port = -1;
        options_.threads = 3;
        put(system_, 0);
        broker_ = std::make_unique<Broker>(options_, log_);
        const auto started = broker_->start(parts());
        ASSERT_TRUE(started) << started.error().text;
    }
    BrokerParts parts() const {
        BrokerParts parts;
        parts.resolvers.push_back(std::make_unique<ThreadedResolver>(store_));
        return parts;
    }
    // Each version is a different JWT.
    std::string account_jwt(const KeyPair& account, int version) const {
        AccountClaims claims = make_account_claims(account.public_key());
        claims.name = "A" + std::to_string(version);
        return *encode(claims, operator_, wall_now_seconds());
    }
    void put(const KeyPair& account, int version) const {
        store_->put(account.public_key(), account_jwt(account, version));
    }
    // Returns the server's answer to the CONNECT and PING of a user of `account`.
    std::string log_in(RawClient& client, const KeyPair& account) const {
        const KeyPair user = KeyPair::generate(KeyKind::user);
        UserClaims claims = make_user_claims(user.public_key());
        const auto info = parse_json_object(client.info.substr(5, client.info.size() - 8));
        const std::string nonce = json_string(*info, "nonce").value();
        client.send(R"(CONNECT {"verbose":false,"jwt":")" +
                    *encode(claims, account, wall_now_seconds()) + R"(","sig":")" +
                    base64url_encode(user.sign(nonce)) + "\"}\r\nPING\r\n");
        return client.read_until("\r\n");
    }

    const KeyPair operator_ = KeyPair::generate(KeyKind::operator_key);
    const KeyPair system_ = KeyPair::generate(KeyKind::account);
    const std::shared_ptr<Store> store_ = std::make_shared<Store>();
    NullLogger log_;
    Options options_;
    std::unique_ptr<Broker> broker_;
};

TEST_F(ReloadDuringLogins, nobody_is_refused_and_the_last_settings_and_claims_hold) {
    constexpr int accounts_each = 40, client_threads = 3, reloads_min = 20;
    std::vector<KeyPair> accounts;
    for (int i = 0; i < client_threads * accounts_each; ++i)
        accounts.push_back(KeyPair::generate(KeyKind::account));
    for (const KeyPair& account : accounts) put(account, 0);

    std::atomic<int> busy{client_threads};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < client_threads; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < accounts_each; ++i) {
                RawClient client(broker_->port());
                EXPECT_EQ(log_in(client, accounts[static_cast<size_t>(thread * accounts_each + i)]),
                          "PONG\r\n");
            }
            --busy;
        });
    }
    // Sends newer claims of accounts during logins to them.
    threads.emplace_back([&] {
        RawClient system(broker_->port());
        EXPECT_EQ(log_in(system, system_), "PONG\r\n");
        system.send("SUB answer 1\r\n");
        for (int version = 1; busy > 0; ++version) {
            const KeyPair& account = accounts[static_cast<size_t>(version) % accounts.size()];
            const std::string jwt = account_jwt(account, version);
            system.send("PUB $SYS.REQ.ACCOUNT." + account.public_key() + ".CLAIMS.UPDATE answer " +
                        std::to_string(jwt.size()) + "\r\n" + jwt + "\r\n");
            // The answer comes after the claims are in effect.
            EXPECT_EQ(system.read_until("\r\n").substr(0, 11), "MSG answer ");
            const std::string answer = system.read_until("\r\n");
            EXPECT_NE(answer.find("jwt updated"), std::string::npos) << answer;
        }
    });
    for (int reload = 1; busy > 0 || reload <= reloads_min; ++reload) {
        options_.payload_bytes_max = 1000 + reload;
        const auto reloaded = broker_->reload(options_, parts());
        EXPECT_TRUE(reloaded) << reloaded.error().text;
    }
    for (std::thread& thread : threads) thread.join();

    const std::string payload_max = "\"max_payload\":" + std::to_string(options_.payload_bytes_max);
    for (const KeyPair& account : accounts) {
        RawClient client(broker_->port());
        EXPECT_NE(client.info.find(payload_max), std::string::npos) << client.info;
        EXPECT_EQ(log_in(client, account), "PONG\r\n");
        EXPECT_EQ(broker_->registry().find(account.public_key())->claims()->name,
                  decode_account(*store_->get(account.public_key()))->name);
    }
}

}  // namespace
}  // namespace midge
