#pragma once
// The JWT files of one operator (docs/protocol/tools.md, Files of nsc): <operator>/<operator>.jwt,
// accounts/<account>/<account>.jwt, accounts/<account>/users/<user>.jwt, and the marker file .nsc.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge::tools {

// Checks that `name` may be the name of an operator, account or user, which is also a file name.
// `what` is the beginning of the error text.
[[nodiscard]] Result<> check_name(std::string_view what, std::string_view name);

// Returns the names of the operators below `stores`, sorted; none if the folder is missing.
[[nodiscard]] std::vector<std::string> list_operators(const std::filesystem::path& stores);

// The folder of one operator. A value that contains only the path. Names are checked: a name that
// cannot be a file name gives Errc::invalid, a missing file Errc::not_found. Each file is replaced
// as a whole, but there is no other protection against a second process that writes the same file.
class NscStore {
  public:
    // Fails unless `folder` has the marker file of an operator.
    [[nodiscard]] static Result<NscStore> open(const std::filesystem::path& folder);
    // Makes <stores>/<name> with the marker and the operator JWT. Fails if the folder exists and is
    // not empty.
    [[nodiscard]] static Result<NscStore> create(const std::filesystem::path& stores,
                                                 const std::string& name, std::string_view jwt,
                                                 bool managed = false);

    // The name of the folder, which is the operator's name.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
    // Whether the operator was imported, and its key thus belongs to somebody else.
    [[nodiscard]] bool managed() const noexcept { return managed_; }

    // Sorted by name.
    [[nodiscard]] std::vector<std::string> accounts() const;
    [[nodiscard]] std::vector<std::string> users(const std::string& account) const;

    // Return the JWT without its decoration, if it has one.
    [[nodiscard]] Result<std::string> operator_jwt() const;
    [[nodiscard]] Result<std::string> account_jwt(const std::string& account) const;
    [[nodiscard]] Result<std::string> user_jwt(const std::string& account,
                                               const std::string& user) const;

    [[nodiscard]] Result<> write_operator(std::string_view jwt) const;
    [[nodiscard]] Result<> write_account(const std::string& account, std::string_view jwt) const;
    [[nodiscard]] Result<> write_user(const std::string& account, const std::string& user,
                                      std::string_view jwt) const;

    // Deletes the account with its users. Missing files are no error.
    [[nodiscard]] Result<> remove_account(const std::string& account) const;
    [[nodiscard]] Result<> remove_user(const std::string& account, const std::string& user) const;

    [[nodiscard]] std::filesystem::path operator_file() const;
    [[nodiscard]] std::filesystem::path account_file(const std::string& account) const;
    [[nodiscard]] std::filesystem::path user_file(const std::string& account,
                                                  const std::string& user) const;

  private:
    NscStore(std::filesystem::path folder, std::string name, bool managed)
        : folder_(std::move(folder)), name_(std::move(name)), managed_(managed) {}

    std::filesystem::path folder_;
    std::string name_;
    bool managed_;
};

}  // namespace midge::tools
