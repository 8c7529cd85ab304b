#pragma once
// `--name value` arguments of a load case.
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace midge::load {

// Owned by main(). Each case reads its flags, then calls finish().
class Flags {
  public:
    // Throws Failure if an argument is not `--name value`.
    explicit Flags(const std::vector<std::string>& arguments);

    // Returns `fallback` if the flag is not given. Throws Failure if it is not a number in
    // min..max.
    [[nodiscard]] int64_t number(const std::string& name, int64_t fallback, int64_t min,
                                 int64_t max);
    [[nodiscard]] std::string text(const std::string& name);
    // Throws Failure if a flag is given that was not read.
    void finish() const;

  private:
    std::map<std::string, std::string> values_;
    std::set<std::string> known_;
};

}  // namespace midge::load
