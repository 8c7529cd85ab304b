#pragma once
// An account resolver in memory whose answers a test can delay.
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "account/account_resolver.h"

namespace midge::test {

class FakeResolver final : public AccountResolver {
  public:
    [[nodiscard]] std::string_view name() const noexcept override { return "fake"; }
    [[nodiscard]] bool can_store() const noexcept override { return stores; }
    [[nodiscard]] bool can_list() const noexcept override { return stores; }
    [[nodiscard]] bool can_erase() const noexcept override { return false; }

    void fetch(const std::string& account, FetchDone done) override {
        std::unique_lock lock(mutex_);
        ++fetches_[account];
        if (held_) {
            waiting_.emplace_back(account, std::move(done));
            return;
        }
        auto answer = look_up(account);
        lock.unlock();
        done(std::move(answer));
    }
    void store(const std::string& account, const std::string& jwt, Done done) override {
        put(account, jwt);
        done({});
    }
    void list(ListDone done) override {
        std::vector<std::string> keys;
        {
            const std::lock_guard lock(mutex_);
            for (const auto& [key, jwt] : jwts_) keys.push_back(key);
        }
        done(std::move(keys));
    }
    void erase(const std::string&, Done done) override {
        done(fail(Errc::unsupported, "fake: no erase"));
    }
    void stop() override { release(fail(Errc::unavailable, "fake: stopped")); }

    void put(const std::string& account, const std::string& jwt) {
        const std::lock_guard lock(mutex_);
        jwts_[account] = jwt;
    }
    void fail_with(Error error) {
        const std::lock_guard lock(mutex_);
        error_ = std::move(error);
    }
    void recover() {
        const std::lock_guard lock(mutex_);
        error_.reset();
    }
    void hold() {
        const std::lock_guard lock(mutex_);
        held_ = true;
    }
    // Answers the waiting requests: with their results, or all with `instead`.
    void release(std::optional<tl::unexpected<Error>> instead = std::nullopt) {
        std::vector<std::pair<std::string, FetchDone>> ready;
        std::vector<Result<std::string>> answers;
        {
            const std::lock_guard lock(mutex_);
            held_ = false;
            ready.swap(waiting_);
            for (const auto& [account, done] : ready) {
                answers.push_back(instead ? Result<std::string>(*instead) : look_up(account));
            }
        }
        for (size_t i = 0; i < ready.size(); ++i) ready[i].second(std::move(answers[i]));
    }
    [[nodiscard]] size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }
    [[nodiscard]] int fetches(const std::string& account) const {
        const std::lock_guard lock(mutex_);
        const auto found = fetches_.find(account);
        return found == fetches_.end() ? 0 : found->second;
    }
    bool stores = false;

  private:
    [[nodiscard]] Result<std::string> look_up(const std::string& account) const {
        if (error_) return tl::unexpected<Error>(*error_);
        const auto found = jwts_.find(account);
        if (found == jwts_.end()) return fail(Errc::not_found, "account missing");
        return found->second;
    }
    mutable std::mutex mutex_;
    std::map<std::string, std::string> jwts_;
    std::map<std::string, int> fetches_;
    std::vector<std::pair<std::string, FetchDone>> waiting_;
    std::optional<Error> error_;
    bool held_ = false;
};

}  // namespace midge::test
