# hg_library(NAME DIR...)  A library of all sources in the named directories (not below them), with the
# project's warnings. Flags are per target, so that third-party code keeps its own.
function(hg_flags TARGET)
    target_compile_options(${TARGET} PRIVATE
        -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
        -Woverloaded-virtual -Wnull-dereference -Wformat=2
        # what a designated initialiser leaves out has a default on purpose
        -Wno-missing-field-initializers)
    if(HG_WERROR)
        target_compile_options(${TARGET} PRIVATE -Werror)
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # GCC 12 reports hundreds of false positives of these two from inside libstdc++ and Asio at -O2.
        target_compile_options(${TARGET} PRIVATE -Wno-null-dereference -Wno-restrict)
    endif()
    if(HG_SANITIZE)
        target_compile_options(${TARGET} PRIVATE -fsanitize=${HG_SANITIZE} -fno-sanitize-recover=all
                                                 -fno-omit-frame-pointer -g1)
        target_link_options(${TARGET} PRIVATE -fsanitize=${HG_SANITIZE})
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
            # GCC 12 loses track of Boost's variants once sanitizers look at them.
            target_compile_options(${TARGET} PRIVATE -Wno-maybe-uninitialized)
        endif()
        if(HG_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
            target_compile_options(${TARGET} PRIVATE -Wno-tsan) # Asio uses atomic_thread_fence
        endif()
    endif()
    if(HG_FUZZ)
        # Clang 14 cannot emit the check of function types for coroutines.
        target_compile_options(${TARGET} PRIVATE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=function -g1)
        target_link_options(${TARGET} PRIVATE -fsanitize=address,undefined)
    endif()
    target_compile_definitions(${TARGET} PRIVATE BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_USE_STD_STRING_VIEW)
endfunction()

function(hg_library NAME)
    set(SOURCES)
    foreach(DIR IN LISTS ARGN)
        file(GLOB FOUND CONFIGURE_DEPENDS ${DIR}/*.cpp)
        list(APPEND SOURCES ${FOUND})
    endforeach()
    add_library(${NAME} STATIC ${SOURCES})
    target_include_directories(${NAME} PUBLIC ${PROJECT_SOURCE_DIR})
    hg_flags(${NAME})
endfunction()
