using System.Text.Json;

namespace Realtime.Node.Application.Handlers;

/// <summary>What handlers run in.</summary>
/// <param name="Json">How the application writes and reads JSON.</param>
internal sealed record HandlerHost(IServiceProvider Services, JsonSerializerOptions Json, TimeProvider Time, ILogger<HandlerHost> Log);
