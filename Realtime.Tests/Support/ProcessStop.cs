using System.Diagnostics;
using System.Globalization;

namespace Realtime.Tests.Support;

/// <summary>Processes that stand still until this is disposed.</summary>
internal sealed class ProcessStop : IAsyncDisposable
{
    private readonly IReadOnlyList<int> _processes;

    private ProcessStop(IReadOnlyList<int> processes) => _processes = processes;

    public static async Task<ProcessStop> OfAsync(params IReadOnlyList<int> processes)
    {
        await SignalAsync(processes, "STOP");
        return new ProcessStop(processes);
    }

    /// <summary>A process and, after it, its children: it makes no more of them.</summary>
    public static async Task<ProcessStop> OfFamilyAsync(int parent)
    {
        await SignalAsync([parent], "STOP");
        var children = new List<int>();
        foreach (var task in Directory.GetDirectories($"/proc/{parent}/task"))
        {
            children.AddRange((await File.ReadAllTextAsync(Path.Combine(task, "children")))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(child => int.Parse(child, CultureInfo.InvariantCulture)));
        }

        await SignalAsync(children, "STOP");
        return new ProcessStop([.. children, parent]);
    }

    public async ValueTask DisposeAsync() => await SignalAsync(_processes, "CONT");

    private static async Task SignalAsync(IReadOnlyList<int> processes, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", .. processes.Select(process => process.ToString(CultureInfo.InvariantCulture))]);
        await kill.WaitForExitAsync().Within("the signal to be sent");
        kill.ExitCode.ShouldBe(0);
    }
}
