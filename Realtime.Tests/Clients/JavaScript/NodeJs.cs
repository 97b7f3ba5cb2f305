using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.JavaScript;

/// <summary>One Node process that runs JavaScript clients (<c>node.mjs</c>), for all scenarios of a class.</summary>
public sealed class NodeJs : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _open = [];
    private readonly ConcurrentQueue<string> _said = [];
    private readonly Lock _gate = new();
    private Process? _process;
    private int _requests;
    private int _clients;

    /// <summary>Why there is none here; null when there is.</summary>
    public static string? Missing { get; } = Version() switch
    {
        null => "Node is not installed",
        < 20 and var old => $"Node {old} is too old, the client needs 20",
        _ => null,
    };

    /// <summary>What the clients had to say to people.</summary>
    public string Said => string.Join('\n', _said);

    /// <summary>A program of Node's to run, not started yet.</summary>
    internal static ProcessStartInfo Command(params ReadOnlySpan<string> arguments)
    {
        var command = new ProcessStartInfo(Required.Find("node")!)
        {
            WorkingDirectory = SourceTree.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            command.ArgumentList.Add(argument);
        }

        return command;
    }

    internal int NextClient() => Interlocked.Increment(ref _clients);

    internal async Task<JsonElement> CallAsync(int client, string method, object?[] given)
    {
        var id = Interlocked.Increment(ref _requests);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[id] = answer;
        var line = JsonSerializer.Serialize(new { id, client, method, given });
        lock (_gate)
        {
            _process ??= Start();
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }

        return await answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private static int? Version()
    {
        if (Required.Find("node") is null)
        {
            return null;
        }

        using var node = Process.Start(Command("--version"))!;
        var version = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        return int.Parse(version.AsSpan(1, version.IndexOf('.', StringComparison.Ordinal) - 1), CultureInfo.InvariantCulture);
    }

    private Process Start()
    {
        var script = Path.Combine(SourceTree.Root, "Realtime.Tests", "Clients", "JavaScript", "node.mjs");
        var module = new Uri(Path.Combine(SourceTree.Root, "clients", "js", "realtime.js")).AbsoluteUri;
        // Node has a WebSocket of its own from 22 on.
        var command = Version() < 22 ? Command("--experimental-websocket", script, module) : Command(script, module);
        var process = new Process { StartInfo = command, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Answered(line.Data);
        process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        process.Exited += (_, _) => Fail("Node has ended");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Answered(string? line)
    {
        if (line is null)
        {
            return;
        }

        var answer = JsonDocument.Parse(line).RootElement;
        if (!_open.TryRemove(answer.GetProperty("id").GetInt32(), out var request))
        {
            return;
        }

        if (answer.TryGetProperty("error", out var error))
        {
            request.SetException(new InvalidOperationException(error.GetString()));
        }
        else
        {
            request.SetResult(answer.GetProperty("value"));
        }
    }

    private void Fail(string reason)
    {
        foreach (var request in _open.Values)
        {
            request.TrySetException(new InvalidOperationException($"{reason}: {Said}"));
        }
    }
}
