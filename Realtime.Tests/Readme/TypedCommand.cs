using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Realtime.Tests.Support;

namespace Realtime.Tests.Readme;

/// <summary>A command as somebody's terminal runs it.</summary>
internal sealed class TypedCommand : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly TaskCompletionSource _said = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string? _awaited;

    private TypedCommand(ProcessStartInfo start, string? awaited)
    {
        _awaited = awaited;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Both streams.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Why there is no such terminal here; null when there is.</summary>
    public static string? Missing => Required.Find("bash") is null ? "bash is not installed" : Required.Find("curl") is null ? "curl is not installed" : null;

    /// <param name="awaited">Words in a line that say that it is at work.</param>
    public static TypedCommand Start(string line, string directory, IReadOnlyDictionary<string, string> environment, string? awaited = null) =>
        Start("bash", ["-c", line], directory, environment, awaited);

    public static TypedCommand Start(string program, string[] arguments, string directory, IReadOnlyDictionary<string, string> environment, string? awaited = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = directory };

        // What the machine that runs the tests has set must not decide about them.
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new TypedCommand(start, awaited);
    }

    /// <summary>Waits for the words that were named.</summary>
    public async Task SaidAsync()
    {
        try
        {
            await Task.WhenAny(_said.Task, _process.WaitForExitAsync(TestContext.Current.CancellationToken)).WaitAsync(Patience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"waited in vain for '{_awaited}'; it said: {Output}");
        }

        _said.Task.IsCompleted.ShouldBeTrue($"it ended without '{_awaited}'; it said: {Output}");
    }

    public async Task<int> ExitAsync()
    {
        try
        {
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"waited in vain for the end; it said: {Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>As a supervisor does: SIGTERM.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("REALTIME__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("SERILOG__", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("PBM_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase) || name is "DOTNET_ENVIRONMENT";

    private void Keep(string? line)
    {
        if (string.IsNullOrEmpty(line))
        {
            return;
        }

        _output.Enqueue(line);
        if (_awaited is not null && line.Contains(_awaited, StringComparison.Ordinal))
        {
            _said.TrySetResult();
        }
    }
}
