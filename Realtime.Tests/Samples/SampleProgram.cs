using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Realtime.Tests.Support;

namespace Realtime.Tests.Samples;

/// <summary>A sample as its reader runs it: the built program, in the sample's folder.</summary>
internal sealed class SampleProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private SampleProgram(string name, Uri url)
    {
        Url = url;
        var folder = Path.Combine(SourceTree.Root, "samples", name);
        var build = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(folder, "bin", build.Parent!.Name, build.Name, name + ".dll");
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [program, "--urls", url.AbsoluteUri])
            {
                WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["ASPNETCORE_ENVIRONMENT"] = "Development" },
            },
        };
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Url { get; }

    public static async Task<SampleProgram> StartAsync(string name)
    {
        var sample = new SampleProgram(name, new Uri($"http://127.0.0.1:{FreePort.Take()}"));
        using var http = new HttpClient();
        await Soon.IsTrueAsync(
            async () =>
            {
                sample._process.HasExited.ShouldBeFalse(string.Join('\n', sample._output));
                try
                {
                    using var ready = await http.GetAsync(new Uri(sample.Url, "/health/ready"));
                    return ready.StatusCode is HttpStatusCode.OK;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            $"sample {name} to be ready");
        return sample;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
