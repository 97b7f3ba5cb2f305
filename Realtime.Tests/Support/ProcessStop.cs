using System.Globalization;
using System.Diagnostics;

namespace Realtime.Tests.Support;

/// <summary>A process that stands still until this is disposed.</summary>
internal sealed class ProcessStop : IAsyncDisposable
{
    private readonly int _process;

    private ProcessStop(int process) => _process = process;

    public static async Task<ProcessStop> OfAsync(int process)
    {
        await SignalAsync(process, "STOP");
        return new ProcessStop(process);
    }

    public async ValueTask DisposeAsync() => await SignalAsync(_process, "CONT");

    private static async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().Within("the signal to be sent");
        kill.ExitCode.ShouldBe(0);
    }
}
