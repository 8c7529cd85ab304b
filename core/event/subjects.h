#pragma once
// Subjects of the system account (docs/protocol/system-events.md, Where events go).
#include <string>
#include <string_view>

namespace midge {

// Advisories. `account`: public key or name; `server_id`: "N...".
[[nodiscard]] std::string connect_subject(std::string_view account);
[[nodiscard]] std::string disconnect_subject(std::string_view account);
[[nodiscard]] std::string account_conns_subject(std::string_view account);
// The form for servers before 2.2; sent first.
[[nodiscard]] std::string account_conns_old_subject(std::string_view account);
[[nodiscard]] std::string auth_error_subject(std::string_view server_id);
// The same event in the account that the connection had when it failed, instead of the system
// account (docs/protocol/system-events.md, Login failures).
inline constexpr std::string_view account_auth_error_subject = "$SYS.ACCOUNT.CLIENT.AUTH.ERR";
[[nodiscard]] std::string statsz_subject(std::string_view server_id);
[[nodiscard]] std::string shutdown_subject(std::string_view server_id);
[[nodiscard]] std::string lame_duck_subject(std::string_view server_id);
// Only Midge has this one.
[[nodiscard]] std::string config_reload_subject(std::string_view server_id);

// Requests. `name`: "STATSZ", "IDZ", ...
inline constexpr std::string_view server_ping_subject = "$SYS.REQ.SERVER.PING";
[[nodiscard]] std::string server_request_subject(std::string_view server_id, std::string_view name);
[[nodiscard]] std::string server_ping_request_subject(std::string_view name);
[[nodiscard]] std::string account_request_subject(std::string_view account, std::string_view name);
// Counts the subscribers of a subject.
inline constexpr std::string_view subscribers_subject = "$SYS.DEBUG.SUBSCRIBERS";
inline constexpr std::string_view user_info_subject = "$SYS.REQ.USER.INFO";
// The subject in the system account to which user_info_subject of another account is mapped.
[[nodiscard]] std::string account_user_info_subject(std::string_view account);

// Claims services (docs/protocol/system-services.md, Claims services).
inline constexpr std::string_view claims_update_subject = "$SYS.REQ.CLAIMS.UPDATE";
inline constexpr std::string_view claims_list_subject = "$SYS.REQ.CLAIMS.LIST";
inline constexpr std::string_view claims_delete_subject = "$SYS.REQ.CLAIMS.DELETE";
inline constexpr std::string_view claims_pack_subject = "$SYS.REQ.CLAIMS.PACK";
[[nodiscard]] std::string account_claims_update_subject(std::string_view account);
// The form that account servers use for notices.
[[nodiscard]] std::string account_claims_update_old_subject(std::string_view account);
[[nodiscard]] std::string account_claims_lookup_subject(std::string_view account);

// The inbox for answers of other servers.
[[nodiscard]] std::string server_inbox_subject(std::string_view server_id);

}  // namespace midge
