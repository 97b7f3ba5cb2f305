using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting;

/// <summary>The node as a process of its own, in an empty directory and with an environment of its own.</summary>
internal sealed partial class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly ConcurrentQueue<string> _faults = [];
    private readonly IReadOnlyList<string> _secrets;
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeProcess(string directory, IReadOnlyDictionary<string, string> environment, string[] arguments, string program = "Realtime.Node")
    {
        _secrets = Canaries.Of(environment);
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program + ".dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // What the machine that runs the tests has set must not decide about them.
        foreach (var name in start.Environment.Keys.ToList())
        {
            if (name.StartsWith("REALTIME__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("LIGHTHOUSE__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("SERILOG__", StringComparison.OrdinalIgnoreCase) || name is "DOTNET_ENVIRONMENT" or "ASPNETCORE_ENVIRONMENT")
            {
                start.Environment.Remove(name);
            }
        }

        // Open to clients without a token, as for a developer, and with lines that a test can read.
        if (program == "Realtime.Node" && !environment.ContainsKey("DOTNET_ENVIRONMENT"))
        {
            start.Environment["DOTNET_ENVIRONMENT"] = "Development";
            start.Environment["REALTIME__LOG__FORMAT"] = "Json";
        }

        // Beside the clients' port it would be another test's now and then.
        start.Environment["REALTIME__OPERATOR__PORT"] = "0";
        start.Environment["LIGHTHOUSE__OPERATOR__PORT"] = "0";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => OnOutput(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_faults, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Id = _process.Id;
        Ended = EndAsync();
    }

    public int Id { get; }

    /// <summary>Its exit code, when it has ended.</summary>
    public Task<int> Ended { get; }

    public IReadOnlyList<string> Output => [.. _output];

    public IReadOnlyList<string> Faults => [.. _faults];

    public static NodeProcess Start(string directory, IReadOnlyDictionary<string, string>? environment = null, params string[] arguments) =>
        new(directory, environment ?? new Dictionary<string, string>(), arguments);

    /// <summary>A lighthouse instead of a node.</summary>
    public static NodeProcess StartLighthouse(string directory, IReadOnlyDictionary<string, string>? environment = null, params string[] arguments) =>
        new(directory, environment ?? new Dictionary<string, string>(), arguments, "Realtime.Lighthouse");

    /// <summary>Runs it to its end: exit code, standard output, standard error.</summary>
    public static async Task<(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Faults)> RunAsync(
        string directory, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        await using var node = Start(directory, environment, arguments);
        var code = await node.ExitAsync();
        return (code, node.Output, node.Faults);
    }

    /// <summary>Ends when it says where it listens; never, when it does not.</summary>
    public Task Serving => _url.Task;

    /// <summary>Waits until it says where it listens.</summary>
    public async Task<Uri> UrlAsync()
    {
        try
        {
            return await _url.Task.WaitAsync(Limit, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"waited in vain for the node's banner; output: {string.Join('\n', Output)}; faults: {string.Join('\n', Faults)}");
        }
    }

    public async Task<int> ExitAsync()
    {
        try
        {
            return await Ended.WaitAsync(Limit, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"waited in vain for the node's end; output: {string.Join('\n', Output)}; faults: {string.Join('\n', Faults)}");
        }
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        kill.ExitCode.ShouldBe(0);
    }

    /// <summary>As <c>ulimit -f</c> does for a process that starts; null: no limit.</summary>
    public async Task LimitFilesAsync(long? bytes)
    {
        var limit = bytes is { } some ? some.ToString(System.Globalization.CultureInfo.InvariantCulture) : "unlimited";
        using var prlimit = Process.Start("prlimit", ["--pid", Id.ToString(System.Globalization.CultureInfo.InvariantCulture), $"--fsize={limit}:unlimited"]);
        await prlimit.WaitForExitAsync(TestContext.Current.CancellationToken);
        prlimit.ExitCode.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await Ended;
        _process.Dispose();
    }

    private async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        return _process.ExitCode;
    }

    private void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (!string.IsNullOrEmpty(line))
        {
            Canaries.Suite.Look(line, _secrets);
            lines.Enqueue(line);
        }
    }

    private void OnOutput(string? line)
    {
        Keep(_output, line);
        if (line is not null && (line.Contains("namespaces", StringComparison.Ordinal) || line.Contains("lighthouse on", StringComparison.Ordinal)) && UrlPattern().Match(line) is { Success: true } url)
        {
            _url.TrySetResult(new Uri(url.Value));
        }
    }

    [GeneratedRegex(@"http://localhost:\d+", RegexOptions.NonBacktracking)]
    private static partial Regex UrlPattern();
}
