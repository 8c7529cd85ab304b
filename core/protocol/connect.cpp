#include "protocol/connect.h"

#include "base/json.h"

namespace midge {
namespace {

// Collects the first error of many reads, so that a list of members stays a list.
class MemberReader {
  public:
    explicit MemberReader(const JsonObject& object) : object_(object) {}
    void read(const char* key, std::string& out) { take(json_string(object_, key, out), out); }
    void read(const char* key, bool& out) { take(json_bool(object_, key, out), out); }
    void read(const char* key, int64_t& out) { take(json_int(object_, key, out), out); }
    [[nodiscard]] Result<>& outcome() { return outcome_; }

  private:
    template <class T>
    void take(Result<T> value, T& out) {
        if (value) {
            out = std::move(*value);
        } else if (outcome_) {
            outcome_ = pass(value);
        }
    }
    const JsonObject& object_;
    Result<> outcome_;
};

}  // namespace

Result<ConnectOptions> parse_connect(std::string_view json) {
    auto object = parse_json_object(json);
    if (!object) return fail(Errc::invalid, "CONNECT: " + object.error().text);
    ConnectOptions options;
    MemberReader members(*object);
    members.read("verbose", options.verbose);
    members.read("pedantic", options.pedantic);
    members.read("echo", options.echo);
    members.read("tls_required", options.tls_required);
    members.read("headers", options.headers);
    members.read("no_responders", options.no_responders);
    members.read("protocol", options.protocol);
    members.read("name", options.name);
    members.read("lang", options.lang);
    members.read("version", options.version);
    members.read("user", options.user);
    members.read("pass", options.pass);
    members.read("auth_token", options.auth_token);
    members.read("jwt", options.jwt);
    members.read("nkey", options.nkey);
    members.read("sig", options.sig);
    members.read("proxy_sig", options.proxy_sig);
    members.read("account", options.account);
    members.read("new_account", options.new_account);
    if (!members.outcome())
        return fail(Errc::invalid, "CONNECT: " + members.outcome().error().text);
    return options;
}

}  // namespace midge
