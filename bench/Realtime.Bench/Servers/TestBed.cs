using Realtime.Bench.Load;

namespace Realtime.Bench.Servers;

/// <summary>A fresh server and the load processes that will drive it.</summary>
internal sealed class TestBed : IAsyncDisposable
{
    private TestBed(ServerProcess server, LoadFleet fleet)
    {
        Server = server;
        Fleet = fleet;
    }

    public ServerProcess Server { get; }

    public LoadFleet Fleet { get; }

    public static async Task<TestBed> StartAsync(ServerRecipe recipe, BenchOptions options, int sessions)
    {
        var server = await ServerProcess.StartAsync(recipe);
        try
        {
            return new TestBed(server, await LoadFleet.StartAsync(options, sessions, server.Port));
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the work on a bed of its own; a failure carries what the server said last.</summary>
    public static async Task UseAsync(ServerRecipe recipe, BenchOptions options, int sessions, Func<TestBed, Task> work)
    {
        await using var bed = await StartAsync(recipe, options, sessions);
        try
        {
            await work(bed);
        }
        catch (Exception fault) when (fault is BenchFailedException or TimeoutException)
        {
            throw new BenchFailedException($"{fault.Message}\n--- {recipe.Name} said last ---\n{bed.Server.LastLog()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Fleet.DisposeAsync();
        await Server.DisposeAsync();
    }
}
