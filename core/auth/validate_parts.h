#pragma once
// Checks that several types of claims share; used only by validate*.cpp.
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/claims.h"
#include "auth/validate.h"

namespace midge {

// Collects issues; a local variable of a validate().
class IssueList {
  public:
    template <class... Args>
    void error(fmt::format_string<Args...> format, Args&&... args) {
        issues_.push_back({fmt::format(format, std::forward<Args>(args)...), true, false});
    }
    template <class... Args>
    void warn(fmt::format_string<Args...> format, Args&&... args) {
        issues_.push_back({fmt::format(format, std::forward<Args>(args)...), false, false});
    }
    void time_check(std::string text) { issues_.push_back({std::move(text), false, true}); }
    [[nodiscard]] std::vector<Issue> take() { return std::move(issues_); }

  private:
    std::vector<Issue> issues_;
};

void check_times(const StandardClaims& claims, int64_t now, IssueList& issues);
void check_subject(std::string_view subject, IssueList& issues);
void check_permissions(const PermissionClaims& permissions, IssueList& issues);
void check_user_limits(const UserPermissionLimits& limits, IssueList& issues);
// Checks a description and an information URL.
void check_info(std::string_view description, std::string_view url, IssueList& issues);

// The parts of "nats://host:4222/path", empty if missing.
struct UrlParts {
    std::string_view scheme;
    std::string_view user;
    std::string_view host;
    std::string_view path;
};
[[nodiscard]] UrlParts split_url(std::string_view url);

}  // namespace midge
