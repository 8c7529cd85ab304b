#pragma once
// Bodies of replies to system requests (docs/protocol/system-services.md). `server` has the seq and
// the time of the reply: EventBus::stamp().
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/component_report.h"
#include "event/events.h"
#include "event/server_info.h"

namespace midge {

// {"server":...,"data":...}. Requires: `data_json` is one JSON value.
[[nodiscard]] std::string data_reply_json(const ServerInfo& server, std::string_view data_json);
// {"server":...}: reply to a successful RELOAD, KICK or LDM.
[[nodiscard]] std::string empty_reply_json(const ServerInfo& server);

struct ApiError {
    int code = 500;         // 400: the request is not JSON
    uint16_t err_code = 0;  // left out when 0
    std::string description;
};
// {"server":...,"data":null,"error":...}: a page cannot be made.
[[nodiscard]] std::string page_error_reply_json(const ServerInfo& server, const ApiError& error);
// {"server":...,"error":...}
[[nodiscard]] std::string error_reply_json(const ServerInfo& server, const ApiError& error);

// PLUGINS: data {"plugins":[{"kind","instance","plugin","version","health","text","metrics"}]}.
[[nodiscard]] std::string plugins_data_json(const std::vector<ComponentReport>& reports);

// {"server":...,"statsz":...}: STATSZ and PING, no envelope.
[[nodiscard]] std::string statsz_reply_json(const ServerInfo& server, const Statsz& statsz);

// ACCOUNT.<acc>.STATZ: data {"server_id","now","account_statz"}.
[[nodiscard]] std::string account_statz_reply_json(const ServerInfo& server,
                                                   const std::vector<AccountStat>& stats);

struct UserInfoSubjects {
    std::vector<std::string> allow;
    std::vector<std::string> deny;
};
struct UserInfoResponses {
    int msgs_max = 0;
    int64_t ttl_nanos = 0;
};
struct UserInfoPermissions {
    std::optional<UserInfoSubjects> publish;  // null in JSON when absent
    std::optional<UserInfoSubjects> subscribe;
    std::optional<UserInfoResponses> responses;
};
// Data of USER.INFO.
struct UserInfo {
    std::string user;
    std::string account;
    std::string account_name;
    std::string user_name;
    std::optional<UserInfoPermissions> permissions;
    int64_t expires_nanos = 0;  // until the JWT expires; 0: never
};
[[nodiscard]] std::string user_info_reply_json(const ServerInfo& server, const UserInfo& info);

// Reply of the claims services. An empty `account` is omitted.
struct ClaimsReply {
    std::string account;
    int code = 200;
    std::string message;
};
[[nodiscard]] std::string claims_reply_json(const ServerInfo& server, const ClaimsReply& reply);
struct ClaimsError {
    std::string account;
    int code = 500;
    std::string description;
};
[[nodiscard]] std::string claims_error_json(const ServerInfo& server, const ClaimsError& error);
[[nodiscard]] std::string claims_list_json(const ServerInfo& server,
                                           const std::vector<std::string>& accounts);

// The request that a server sends to the others when it first registers an account
// ($SYS.REQ.ACCOUNT.<acc>.CONNS).
[[nodiscard]] std::string account_conns_request_json(const ServerInfo& server,
                                                     std::string_view account);

}  // namespace midge
