#pragma once
// Earlier answers of the account server, with their tags.
#include <map>
#include <mutex>
#include <string>

namespace midge {

struct TaggedJwt {
    std::string etag;
    std::string jwt;
};

// Saves the transfer, but not the request: every fetch asks the server, which answers 304 if the
// JWT is unchanged. Limited: large JWTs are not kept, and a full cache is cleared. Owned by the
// plugin instance; usable from any thread.
class JwtCache {
  public:
    static constexpr size_t entries_max = 1024;
    static constexpr size_t entry_bytes_max = 16 * 1024;

    // Returns empty texts if the account is not in the cache.
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
