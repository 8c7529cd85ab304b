#pragma once
// What the account server sent before, with the tag it gave it.
#include <map>
#include <mutex>
#include <string>

namespace midge {

struct TaggedJwt {
    std::string etag;
    std::string jwt;
};

// Spares the transfer, not the question: every fetch asks the server, which answers 304 if the JWT
// is still the same. Bounded: large JWTs are left out, and a full cache starts again. Owned by the
// plugin instance; any thread.
class JwtCache {
  public:
    static constexpr size_t entries_max = 1024;
    static constexpr size_t entry_bytes_max = 16 * 1024;

    // Empty texts when there is none.
    [[nodiscard]] TaggedJwt find(const std::string& account) const {
        const std::lock_guard lock(mutex_);
        const auto it = jwts_.find(account);
        return it == jwts_.end() ? TaggedJwt() : it->second;
    }

    void put(const std::string& account, TaggedJwt tagged) {
        const std::lock_guard lock(mutex_);
        const size_t bytes = tagged.etag.size() + tagged.jwt.size();
        if (tagged.etag.empty() || bytes > entry_bytes_max) {
            jwts_.erase(account);
            return;
        }
        if (jwts_.size() >= entries_max) jwts_.clear();
        jwts_.insert_or_assign(account, std::move(tagged));
    }

    void erase(const std::string& account) {
        const std::lock_guard lock(mutex_);
        jwts_.erase(account);
    }

  private:
    mutable std::mutex mutex_;
    std::map<std::string, TaggedJwt> jwts_;  // by account key
};

}  // namespace midge
