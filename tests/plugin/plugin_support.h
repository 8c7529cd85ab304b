#pragma once
// Shared by the plugin tests: keys, a log that tests can search, and waiting for callbacks.
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/account_resolver.h"
#include "base/log.h"
#include "base/result.h"

namespace midge::test {

// Longer than any successful operation, even with a sanitizer on a busy machine.
inline constexpr std::chrono::seconds patience{30};

// Returns a well-formed account key that is different for each `number`. Its checksum is wrong, but
// storages do not check it.
[[nodiscard]] inline std::string account_key(size_t number) {
    std::string key = "A" + std::string(55, 'C');
    for (size_t at = 20; number != 0; ++at, number /= 26) {
        key[at] = static_cast<char>('A' + number % 26);
    }
    return key;
}

// Returns a text that has the form of a JWT.
[[nodiscard]] inline std::string jwt_of(std::string_view payload) {
    return "eyJ0eXAiOiJKV1QifQ." + std::string(payload) + ".c2lnbmF0dXJl";
}

class CaptureLogger final : public Logger {
  public:
    [[nodiscard]] bool enabled(LogLevel) const noexcept override { return true; }
    void write(LogLevel, std::string_view line) noexcept override {
        const std::lock_guard lock(mutex_);
        lines_.emplace_back(line);
        written_.notify_all();
    }
    [[nodiscard]] size_t count(std::string_view part) const {
        const std::lock_guard lock(mutex_);
        return count_locked(part);
    }
    // Waits until a line contains `part`.
    [[nodiscard]] bool wait_for(std::string_view part) const {
        std::unique_lock lock(mutex_);
        return written_.wait_for(lock, patience, [&] { return count_locked(part) != 0; });
    }
    [[nodiscard]] std::string all() const {
        const std::lock_guard lock(mutex_);
        std::string text;
        for (const auto& line : lines_) text.append(line).push_back('\n');
        return text;
    }

  private:
    size_t count_locked(std::string_view part) const {
        size_t found = 0;
        for (const auto& line : lines_) found += line.find(part) != std::string::npos ? 1 : 0;
        return found;
    }

    mutable std::mutex mutex_;
    mutable std::condition_variable written_;
    std::vector<std::string> lines_;
};

// The one answer to an asynchronous call. Without an answer, get() fails after `patience`.
template <class T>
class Answer {
  public:
    [[nodiscard]] auto callback() {
        return [promise = promise_](Result<T> result) { promise->set_value(std::move(result)); };
    }
    [[nodiscard]] Result<T> get() {
        if (future_.wait_for(patience) != std::future_status::ready) return fail("no callback");
        return future_.get();
    }
    [[nodiscard]] bool ready() const {
        return future_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }

  private:
    std::shared_ptr<std::promise<Result<T>>> promise_ = std::make_shared<std::promise<Result<T>>>();
    std::future<Result<T>> future_ = promise_->get_future();
};

[[nodiscard]] inline Result<std::string> fetch(AccountResolver& resolver, const std::string& key) {
    Answer<std::string> answer;
    resolver.fetch(key, answer.callback());
    return answer.get();
}

[[nodiscard]] inline Result<std::optional<std::string>> fetch_if_changed(
    AccountResolver& resolver, const std::string& key, const std::string& known_jwt) {
    Answer<std::optional<std::string>> answer;
    resolver.fetch_if_changed(key, known_jwt, answer.callback());
    return answer.get();
}

[[nodiscard]] inline Result<bool> store_if(AccountResolver& resolver, const std::string& key,
                                           const std::string& jwt,
                                           const std::optional<std::string>& expected) {
    Answer<bool> answer;
    resolver.store_if(key, jwt, expected, answer.callback());
    return answer.get();
}

[[nodiscard]] inline Result<> store(AccountResolver& resolver, const std::string& key,
                                    const std::string& jwt) {
    Answer<void> answer;
    resolver.store(key, jwt, answer.callback());
    return answer.get();
}

[[nodiscard]] inline Result<> erase(AccountResolver& resolver, const std::string& key) {
    Answer<void> answer;
    resolver.erase(key, answer.callback());
    return answer.get();
}

[[nodiscard]] inline Result<std::vector<std::string>> list(AccountResolver& resolver) {
    Answer<std::vector<std::string>> answer;
    resolver.list(answer.callback());
    return answer.get();
}

}  // namespace midge::test
