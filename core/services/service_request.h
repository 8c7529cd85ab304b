#pragma once
// A request to a service of the server.
#include <string_view>

#include "account/account.h"
#include "net/chunk.h"
#include "protocol/commands.h"

namespace midge {

// A message in its own memory, which copies share. Immutable.
class ServiceRequest {
  public:
    // `account`: where the message was published, and where it is answered. `requestor`: the
    // account of the client that asks, perhaps through an import. Copies the message once.
    ServiceRequest(Account& account, Account& requestor, const PublishCommand& message);
    ServiceRequest(Account& account, const PublishCommand& message)
        : ServiceRequest(account, account, message) {}

    [[nodiscard]] Account& account() const noexcept { return *account_; }
    [[nodiscard]] Account& requestor() const noexcept { return *requestor_; }
    [[nodiscard]] std::string_view subject() const noexcept { return part(0, subject_); }
    // Empty: no answer is expected.
    [[nodiscard]] std::string_view reply() const noexcept { return part(subject_, reply_); }
    // From "NATS/1.0" to the empty line; empty: no header.
    [[nodiscard]] std::string_view header() const noexcept {
        return part(subject_ + reply_, header_);
    }
    [[nodiscard]] std::string_view payload() const noexcept {
        return std::string_view(bytes_->bytes()).substr(subject_ + reply_ + header_);
    }
    [[nodiscard]] size_t size() const noexcept { return bytes_->bytes().size(); }

  private:
    [[nodiscard]] std::string_view part(size_t begin, size_t size) const noexcept {
        return std::string_view(bytes_->bytes()).substr(begin, size);
    }
    Account* account_;
    Account* requestor_;
    size_t subject_, reply_, header_;  // sizes
    Ref<const SharedBytes> bytes_;     // all parts, one after the other
};

}  // namespace midge
