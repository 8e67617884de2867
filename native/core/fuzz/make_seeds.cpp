// make_seeds FOLDER: small captures with everything in them, uncompressed, so that mutations hit events.
#include <filesystem>
#include <string>

#include "core/tests/random_program.hpp"

using namespace alloclens::core::testing;

int main(int, char** arguments) {
    const std::string folder = arguments[1];
    std::filesystem::create_directories(folder);
    for (unsigned seed = 0; seed < 8; ++seed) {
        RandomProgram program(seed);
        program.builder.store_raw();
        program.builder.source("main.py", "print(1)\n");
        for (unsigned i = 0; i < 30 + seed * 20; ++i) program.step();
        program.builder.rss(1000);
        CaptureBuilder::save(folder + "/open-" + std::to_string(seed), program.builder.open(0).substr(0, 16384));
        CaptureBuilder::save(folder + "/finished-" + std::to_string(seed), program.builder.finished());
    }
}
