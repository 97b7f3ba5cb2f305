using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Realtime.Tests.StoreChild;

namespace Realtime.Tests.Journal;

/// <summary>A process that writes as one of several nodes on a file, and what it said was acknowledged.</summary>
internal sealed class NodeChild : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentDictionary<string, long> _said = new();
    private readonly Task _reading;
    private readonly Task<string> _errors;

    private NodeChild(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadAsync);
        _errors = process.StandardError.ReadToEndAsync();
    }

    public long Heartbeats => Said("heartbeat");

    public static NodeChild Start(string file, string name, int number)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(
                "dotnet", [typeof(Workload).Assembly.Location, file, name, number.ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardOutput = true, RedirectStandardInput = true, RedirectStandardError = true,
            },
        };
        process.Start();
        return new NodeChild(process);
    }

    /// <summary>The last offset of a channel that was acknowledged to this process.</summary>
    public long Said(string what) => _said.GetValueOrDefault(what);

    public async Task Until(Func<bool> condition, string what)
    {
        await Deadline.Until(() => condition() || _process.HasExited, what);
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"the child died by itself: {await _errors}");
        }
    }

    public async Task<string> UntilItFailsAsync()
    {
        await Deadline.Until(() => _process.HasExited, "the child to refuse");
        _process.ExitCode.ShouldNotBe(0);
        return await _errors;
    }

    /// <summary>What it said before it died counts.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may have been cut in the middle of its number, which then is smaller than the one that was acknowledged.
            if (line.Split(' ') is [var what, var number] && long.TryParse(number, CultureInfo.InvariantCulture, out var value))
            {
                _said.AddOrUpdate(what, value, (_, before) => Math.Max(before, value));
            }
        }
    }
}
