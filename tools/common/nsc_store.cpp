#include "common/nsc_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "auth/creds.h"
#include "base/json.h"
#include "base/text.h"
#include "common/files.h"

namespace midge::tools {
namespace fs = std::filesystem;
namespace {

constexpr const char* marker_name = ".nsc";
constexpr const char* marker_kind = "operator";
// A file name has 255 bytes, minus the longest ending (".creds") and the mark of a temporary file.
constexpr size_t name_bytes_max = 200;

Result<> check_names(const std::string& account, const std::string& user) {
    if (auto ok = check_name("account", account); !ok) return ok;
    return check_name("user", user);
}

Result<std::string> read_jwt(const fs::path& file, const std::string& what) {
    auto text = read_file(file);
    if (text) {
        auto token = parse_jwt_text(*text);
        if (!token) return fail(fmt::format("{}: {}", file.string(), token.error().text));
        return token;
    }
    if (text.error().code == Errc::not_found)
        return fail(Errc::not_found, what + " does not exist");
    return pass(text);
}

template <class Accept>
std::vector<std::string> list_names(const fs::path& folder, Accept accept) {
    std::vector<std::string> out;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (auto name = accept(entry->path()); !name.empty()) out.push_back(std::move(name));
    }
    std::sort(out.begin(), out.end());
    return out;
}

bool is_file(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

}  // namespace

Result<> check_name(std::string_view what, std::string_view name) {
    const auto refuse = [&](const char* why) {
        return fail(Errc::invalid, fmt::format("{} name \"{}\" {}", what, name, why));
    };
    if (name.empty()) return fail(Errc::invalid, fmt::format("{} name is required", what));
    if (name.find_first_of("/\\") != std::string_view::npos)
        return refuse("cannot contain '/' or '\\'");
    if (name == "." || name == "..") return refuse("is a folder's own name");
    if (trim(name) != name) return refuse("cannot start or end with a blank");
    if (name.size() > name_bytes_max) {
        return fail(Errc::invalid, fmt::format("{} name has {} bytes, at most {} are taken", what,
                                               name.size(), name_bytes_max));
    }
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (std::any_of(name.begin(), name.end(), control)) {
        return fail(Errc::invalid, fmt::format("{} name cannot contain control characters", what));
    }
    return {};
}

std::vector<std::string> list_operators(const fs::path& stores) {
    return list_names(stores, [](const fs::path& path) {
        return is_file(path / marker_name) ? path.filename().string() : std::string();
    });
}

Result<NscStore> NscStore::open(const fs::path& given) {
    const fs::path folder = given.has_filename() ? given : given.parent_path();
    auto text = read_file(folder / marker_name);
    if (!text)
        return fail(text.error().code, fmt::format("\"{}\" is not a valid data directory: {}",
                                                   folder.string(), text.error().text));
    auto marker = parse_json_object(*text);
    if (!marker)
        return fail(fmt::format("{}: {}", (folder / marker_name).string(), marker.error().text));
    const auto kind = json_string(*marker, "kind");
    const auto managed = json_bool(*marker, "managed");
    if (!kind || *kind != marker_kind || !managed) {
        return fail(
            fmt::format("{}: not the marker of an operator", (folder / marker_name).string()));
    }
    const auto name = json_string(*marker, "name");
    if (!name || name->empty())
        return fail(fmt::format("{}: \"name\" is missing", (folder / marker_name).string()));
    if (auto ok = check_name("operator", *name); !ok) return pass(ok);
    return NscStore(folder, *name, *managed);
}

Result<NscStore> NscStore::create(const fs::path& stores, const std::string& name,
                                  std::string_view jwt, bool managed) {
    if (auto ok = check_name("operator", name); !ok) return pass(ok);
    const fs::path folder = stores / name;
    std::error_code error;
    if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
        return fail(fmt::format("operator \"{}\" already exists in \"{}\"", name, stores.string()));
    }
    NscStore store(folder, name, managed);
    if (auto ok = make_private_folders(folder / "accounts"); !ok) return pass(ok);
    if (auto ok = store.write_operator(jwt); !ok) return pass(ok);
    JsonWriter marker;
    marker.begin_object().field("managed", managed).field("name", std::string_view(name));
    marker.field("kind", marker_kind).field("version", "1").end_object();
    // Written last, because the marker makes the folder an operator's.
    if (auto ok = write_private_file(folder / marker_name, marker.take()); !ok) return pass(ok);
    return store;
}

std::vector<std::string> NscStore::accounts() const {
    return list_names(folder_ / "accounts", [](const fs::path& path) {
        const std::string name = path.filename().string();
        return is_file(path / (name + ".jwt")) ? name : std::string();
    });
}

std::vector<std::string> NscStore::users(const std::string& account) const {
    if (!check_name("account", account)) return {};
    return list_names(folder_ / "accounts" / account / "users", [](const fs::path& path) {
        return path.extension() == ".jwt" && is_file(path) ? path.stem().string() : std::string();
    });
}

Result<std::string> NscStore::operator_jwt() const {
    return read_jwt(operator_file(), fmt::format("operator {}", name_));
}

Result<std::string> NscStore::account_jwt(const std::string& account) const {
    if (auto ok = check_name("account", account); !ok) return pass(ok);
    return read_jwt(account_file(account), fmt::format("account {}", account));
}

Result<std::string> NscStore::user_jwt(const std::string& account, const std::string& user) const {
    if (auto ok = check_names(account, user); !ok) return pass(ok);
    return read_jwt(user_file(account, user), fmt::format("user {} of account {}", user, account));
}

Result<> NscStore::write_operator(std::string_view jwt) const {
    return write_private_file(operator_file(), jwt);
}

Result<> NscStore::write_account(const std::string& account, std::string_view jwt) const {
    if (auto ok = check_name("account", account); !ok) return ok;
    return write_private_file(account_file(account), jwt);
}

Result<> NscStore::write_user(const std::string& account, const std::string& user,
                              std::string_view jwt) const {
    if (auto ok = check_names(account, user); !ok) return ok;
    return write_private_file(user_file(account, user), jwt);
}

Result<> NscStore::remove_account(const std::string& account) const {
    if (auto ok = check_name("account", account); !ok) return ok;
    std::error_code error;
    fs::remove_all(account_file(account).parent_path(), error);
    if (error) return fail(fmt::format("cannot delete account {}: {}", account, error.message()));
    return {};
}

Result<> NscStore::remove_user(const std::string& account, const std::string& user) const {
    if (auto ok = check_names(account, user); !ok) return ok;
    return remove_file(user_file(account, user));
}

fs::path NscStore::operator_file() const {
    return folder_ / (name_ + ".jwt");
}

fs::path NscStore::account_file(const std::string& account) const {
    return folder_ / "accounts" / account / (account + ".jwt");
}

fs::path NscStore::user_file(const std::string& account, const std::string& user) const {
    return folder_ / "accounts" / account / "users" / (user + ".jwt");
}

}  // namespace midge::tools
