using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Realtime.Tests.StoreChild;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>A process that writes into a store until it is killed, and what it said.</summary>
internal sealed class KilledChild : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<(string What, string Log, long Number, long Other)> _said = new();
    private readonly Task _reading;
    private readonly Task<string> _errors;

    private KilledChild(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadAsync);
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>By log: head and tail.</summary>
    public IEnumerable<(string Log, long Head, long Tail)> Recovered => Said("recovered");

    /// <summary>In order: up to which number, by which life.</summary>
    public IEnumerable<(string Log, long Through, long Life)> Acknowledged => Said("acknowledged");

    public static KilledChild Start(params IReadOnlyList<string> arguments)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [typeof(Workload).Assembly.Location, .. arguments])
            {
                RedirectStandardOutput = true, RedirectStandardInput = true, RedirectStandardError = true,
            },
        };
        process.Start();
        return new KilledChild(process);
    }

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        await Soon.IsTrueAsync(() => condition() || _process.HasExited, what);
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"the child died by itself: {await _errors}");
        }
    }

    public Task UntilAcknowledgedAsync(int count) => UntilAsync(() => Acknowledged.Take(count).Count() == count, $"{count} acknowledgements");

    /// <summary>What it said before it died counts.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndedAsync();
    }

    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        await EndedAsync();
        _process.ExitCode.ShouldBe(0, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task EndedAsync()
    {
        await _process.WaitForExitAsync().Within("the child to end");
        await _reading.Within("the end of its output");
    }

    private IEnumerable<(string Log, long Number, long Other)> Said(string what) =>
        _said.Where(line => line.What == what).Select(line => (line.Log, line.Number, line.Other));

    private async Task ReadAsync()
    {
        // A line without its end was cut by the kill, and so was the number in it.
        var rest = "";
        var buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is var count and > 0)
        {
            var lines = (rest + new string(buffer, 0, count)).Split('\n');
            rest = lines[^1];
            foreach (var line in lines[..^1])
            {
                var words = line.Split(' ');
                _said.Enqueue((words[0], words[1], long.Parse(words[2], CultureInfo.InvariantCulture), long.Parse(words[3], CultureInfo.InvariantCulture)));
            }
        }
    }
}
