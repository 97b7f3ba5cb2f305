using Realtime.Lighthouse;
using Realtime.Node.Configuration;

namespace Realtime.Tests.Lighthouse;

/// <summary>The lighthouse while several nodes are parked: it says so, whatever it is started with, and ends with a code of its own.</summary>
public sealed class ParkedLighthouseTests
{
    [Theory]
    [InlineData("")]
    [InlineData("--port 8090 --operator-port 9090 --store sqlite:data/realtime.db")]
    [InlineData("--store @secret --check-config")]
    public async Task A_start_says_in_one_line_that_lighthouses_are_parked(string line)
    {
        var (code, output, faults) = await RunAsync(line);

        code.ShouldBe(ExitCodes.Parked);
        output.ShouldBeEmpty();
        faults.ShouldBe(LighthouseCommandLine.Reason + Environment.NewLine);
        faults.ShouldContain("several nodes");
    }

    [Fact]
    public async Task The_help_and_the_version_are_still_there_and_the_help_says_why_a_start_ends()
    {
        var (helped, help, _) = await RunAsync("--help");
        var (versioned, version, _) = await RunAsync("--version");

        helped.ShouldBe(ExitCodes.Success);
        help.ShouldContain("parked");
        help.ShouldContain("--store");
        versioned.ShouldBe(ExitCodes.Success);
        version.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task An_option_that_never_was_one_is_a_fault_of_the_command_line()
    {
        var (code, _, faults) = await RunAsync("--prot 8090");

        code.ShouldBe(ExitCodes.BadConfiguration);
        faults.ShouldContain("--prot");
    }

    private static async Task<(int Code, string Output, string Faults)> RunAsync(string line)
    {
        using var output = new StringWriter();
        using var faults = new StringWriter();
        var code = await LighthouseCommandLine.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, faults);
        return (code, output.ToString(), faults.ToString());
    }
}
