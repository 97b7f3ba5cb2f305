using System.Diagnostics;

namespace Realtime.Bench.Servers;

/// <summary>Processes that do nothing but take a core each, as long as the benchmark wants it.</summary>
internal sealed class Burner : IDisposable
{
    /// <summary>Makes the program one of them.</summary>
    public const string Argument = "burn";

    private readonly List<Process> _processes = [];

    public Burner(int count)
    {
        for (var index = 0; index < count; index++)
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true };
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(typeof(Burner).Assembly.Location);
            start.ArgumentList.Add(Argument);
            _processes.Add(Process.Start(start) ?? throw new BenchFailedException("A process that takes a core did not start."));
        }
    }

    /// <summary>Ends with the benchmark, however that ends: its input is closed then.</summary>
    public static void Run()
    {
        var over = false;
        new Thread(() =>
        {
            Console.In.ReadToEnd();
            Volatile.Write(ref over, true);
        }) { IsBackground = true }.Start();
        while (!Volatile.Read(ref over))
            Thread.SpinWait(1_000);
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
