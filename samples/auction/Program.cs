using Auction;
using Realtime.Node.Application;
using Realtime.Node.Hosting;
using Realtime.Node.Namespaces;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<Lots>();
builder.Services.AddHostedService<AuctionClock>();
builder.AddRealtime(options =>
{
    options.Store = "memory";
    options.Namespaces["auction"] = new() { Durability = Durability.Memory, Presence = true };
    options.Namespaces["clock"] = new() { Durability = Durability.None };
})
    .OnConnect(Bidders.Enter)
    .AddHandler<AuctionHouse>();

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapRealtime();
app.Run();
