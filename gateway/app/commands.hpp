// The commands of the program, one file each. Each returns its exit status: 0 ok, 1 failed, 2 usage.
#pragma once

#include <string>
#include <vector>

namespace gateway::app {

struct Sources {  // what a command works on: a configuration, or mapping files
    std::string config;
    std::vector<std::string> mappings;
    bool json = false;
};

struct TestOptions {
    std::vector<std::string> mappings;
    std::string run;    // regular expression over test names; empty: all
    std::string junit;  // file for a JUnit report; empty: none
};

struct DocumentOptions {
    Sources sources;
    std::string server = "/";  // where the interface is to be found
    bool live = false;         // ask the mesh as well
};

int run_command(const std::string& config);
int validate_command(const Sources& sources);
int routes_command(const Sources& sources);
int test_command(const TestOptions& options);
int schema_command(const std::string& which);
int version_command(bool json);
int openapi_command(const DocumentOptions& options);
int asyncapi_command(const DocumentOptions& options);

}  // namespace gateway::app
