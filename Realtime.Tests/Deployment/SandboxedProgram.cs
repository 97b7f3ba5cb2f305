using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Deployment;

/// <summary>
/// A published program as a container would run it: a user without rights, an empty current directory, an environment of its own, and a root that cannot be
/// written. The last by a mount namespace, which only root may make; for others the program's folder is theirs to read only.
/// </summary>
internal sealed partial class SandboxedProgram : IAsyncDisposable
{
    /// <summary>The user of the images.</summary>
    public const string User = "1654";

    private const int NotProtected = 90;

    /// <summary>As long as its startup probe gives it.</summary>
    private static readonly TimeSpan Startup = TimeSpan.FromMinutes(2);

    /// <summary>Arguments: the folder that may be written, one that may not, the current directory, and the command.</summary>
    private const string Enter =
        """
        writable=$1 program=$2 here=$3
        shift 3
        mount --bind "$writable" "$writable" && mount -o remount,ro,bind / || exit 90
        if touch "$program/written" 2>/dev/null; then exit 90; fi
        cd "$here" && exec setpriv --reuid 1654 --regid 1654 --clear-groups --no-new-privs --bounding-set=-all -- "$@"
        """;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SandboxedProgram(Process process) => _process = process;

    public string Output => string.Join('\n', _output);

    /// <summary>Whether the root can be taken away from a program here: in words why not, null when it can.</summary>
    public static string? Missing =>
        !OperatingSystem.IsLinux() ? "there are no mount namespaces on this system"
        : Environment.UserName != "root" ? "only root can make a mount namespace"
        : Required.Find("unshare") is null || Required.Find("setpriv") is null ? "unshare and setpriv are not installed"
        : null;

    /// <param name="writable">The only folder it may write to; made over to its user.</param>
    public static SandboxedProgram Start(string folder, string program, string writable, string here, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        Run("chown", User, writable);
        var dotnet = Required.Find("dotnet") ?? throw new InvalidOperationException("dotnet is not on the path");
        var start = new ProcessStartInfo("unshare", ["--mount", "sh", "-c", Enter, "sh", writable, folder, here, dotnet, Path.Combine(folder, program), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");

        // From the image's list of users. It is not there here, and is not written to there.
        start.Environment["HOME"] = Path.Combine("/", "home", "app");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var sandboxed = new SandboxedProgram(new Process { StartInfo = start });
        sandboxed._process.OutputDataReceived += (_, line) => sandboxed.OnOutput(line.Data);
        sandboxed._process.ErrorDataReceived += (_, line) => sandboxed.OnOutput(line.Data);
        sandboxed._process.Start();
        sandboxed._process.BeginOutputReadLine();
        sandboxed._process.BeginErrorReadLine();
        return sandboxed;
    }

    /// <summary>Where it says that it listens.</summary>
    public async Task<Uri> UrlAsync()
    {
        try
        {
            var first = await Task.WhenAny(_url.Task, _process.WaitForExitAsync(TestContext.Current.CancellationToken)).WaitAsync(Startup, TimeProvider.System);
            first.ShouldBe(_url.Task, $"it ended with exit code {(_process.HasExited ? _process.ExitCode : -1)}: {Output}");
            return await _url.Task;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"waited in vain for the program to listen; it said: {Output}");
        }
    }

    /// <summary>Sends SIGTERM and waits for the end.</summary>
    public async Task<int> StopAsync()
    {
        Run("kill", "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture));
        return await ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).Within($"the program to end; it said: {Output}");
        _process.ExitCode.ShouldNotBe(NotProtected, $"the root could not be protected: {Output}");
        return _process.ExitCode;
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

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}");
    }

    private void OnOutput(string? line)
    {
        if (string.IsNullOrEmpty(line))
        {
            return;
        }

        _output.Enqueue(line);
        if ((line.Contains("namespaces", StringComparison.Ordinal) || line.Contains("lighthouse on", StringComparison.Ordinal)) && Url().Match(line) is { Success: true } url)
        {
            _url.TrySetResult(new Uri(url.Value));
        }
    }

    [GeneratedRegex(@"http://localhost:\d+", RegexOptions.NonBacktracking)]
    private static partial Regex Url();
}
