#pragma once
// `--name value` arguments of a load case.
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace midge::load {

// Owned by main(). Each case asks for its flags, then calls finish().
class Flags {
  public:
    // Throws Failure on anything that is not `--name value`.
    explicit Flags(const std::vector<std::string>& arguments);

    // `fallback` when not given; throws Failure when not a number within min..max.
    [[nodiscard]] int64_t number(const std::string& name, int64_t fallback, int64_t min,
                                 int64_t max);
    [[nodiscard]] std::string text(const std::string& name);
    // Throws Failure if a flag was given that nobody has asked for.
    void finish() const;

  private:
    std::map<std::string, std::string> values_;
    std::set<std::string> known_;
};

}  // namespace midge::load
