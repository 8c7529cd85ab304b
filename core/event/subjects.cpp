#include "event/subjects.h"

#include <fmt/format.h>

namespace midge {

std::string connect_subject(std::string_view account) {
    return fmt::format("$SYS.ACCOUNT.{}.CONNECT", account);
}
std::string disconnect_subject(std::string_view account) {
    return fmt::format("$SYS.ACCOUNT.{}.DISCONNECT", account);
}
std::string account_conns_subject(std::string_view account) {
    return fmt::format("$SYS.ACCOUNT.{}.SERVER.CONNS", account);
}
std::string account_conns_old_subject(std::string_view account) {
    return fmt::format("$SYS.SERVER.ACCOUNT.{}.CONNS", account);
}
std::string auth_error_subject(std::string_view server_id) {
    return fmt::format("$SYS.SERVER.{}.CLIENT.AUTH.ERR", server_id);
}
std::string statsz_subject(std::string_view server_id) {
    return fmt::format("$SYS.SERVER.{}.STATSZ", server_id);
}
std::string shutdown_subject(std::string_view server_id) {
    return fmt::format("$SYS.SERVER.{}.SHUTDOWN", server_id);
}
std::string lame_duck_subject(std::string_view server_id) {
    return fmt::format("$SYS.SERVER.{}.LAMEDUCK", server_id);
}
std::string config_reload_subject(std::string_view server_id) {
    return fmt::format("$SYS.SERVER.{}.CONFIG.RELOAD", server_id);
}

std::string server_request_subject(std::string_view server_id, std::string_view name) {
    return fmt::format("$SYS.REQ.SERVER.{}.{}", server_id, name);
}
std::string server_ping_request_subject(std::string_view name) {
    return fmt::format("$SYS.REQ.SERVER.PING.{}", name);
}
std::string account_request_subject(std::string_view account, std::string_view name) {
    return fmt::format("$SYS.REQ.ACCOUNT.{}.{}", account, name);
}
std::string account_user_info_subject(std::string_view account) {
    return fmt::format("$SYS.REQ.USER.{}.INFO", account);
}

std::string account_claims_update_subject(std::string_view account) {
    return account_request_subject(account, "CLAIMS.UPDATE");
}
std::string account_claims_update_old_subject(std::string_view account) {
    return fmt::format("$SYS.ACCOUNT.{}.CLAIMS.UPDATE", account);
}
std::string account_claims_lookup_subject(std::string_view account) {
    return account_request_subject(account, "CLAIMS.LOOKUP");
}

std::string server_inbox_subject(std::string_view server_id) {
    return fmt::format("$SYS._INBOX_.{}", server_id);
}

}  // namespace midge
