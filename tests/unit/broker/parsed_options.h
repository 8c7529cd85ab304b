#pragma once
// Options for a broker, from the text of a configuration.
#include <gtest/gtest.h>

#include <string>

#include "config/options_loader.h"

namespace midge::test {

// With a free port of 127.0.0.1 and `threads` event loops. Requires: a text without errors.
inline Options parsed_options(const std::string& text, unsigned threads) {
    const std::string head = "listen: \"127.0.0.1:-1\"\nthreads: " + std::to_string(threads) + "\n";
    auto loaded = load_options_from_text(head + text, "test.conf", system_config_sources());
    EXPECT_TRUE(loaded) << loaded.error().text;
    return loaded->options;
}

}  // namespace midge::test
