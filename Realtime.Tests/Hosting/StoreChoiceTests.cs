using Realtime.Cluster.Configuration;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Tests.Hosting;

public sealed class StoreChoiceTests
{
    [Theory]
    [InlineData("postgres://ann:s%40cret@db.example.com:6432/realtime?sslmode=verify-full", "postgres:db.example.com:6432/realtime")]
    [InlineData("postgresql://ann@db/realtime", "postgres:db:5432/realtime")]
    [InlineData("postgres:Host=db;Username=ann;Password=s@cret;Database=realtime", "postgres:db:5432/realtime")]
    [InlineData("postgres://ann:s%40cret@one:5432,two:5433/realtime", "postgres:one:5432,two:5433/realtime")]
    public void A_PostgreSQL_store_is_printed_without_its_password(string text, string printed)
    {
        StoreChoice.TryParse(text, out var choice).ShouldBeTrue();

        choice.ToString().ShouldBe(printed);
        $"{choice}".ShouldNotContain("cret");
    }

    [Fact]
    public void A_URL_and_a_connection_string_are_the_same()
    {
        StoreChoice.TryParse("postgres://ann:s%40cret@db:6432/realtime?sslmode=verify-full&Maximum%20Pool%20Size=3", out var url).ShouldBeTrue();

        var builder = new Npgsql.NpgsqlConnectionStringBuilder(url.ShouldBeOfType<StoreChoice.Postgres>().Connection);
        (builder.Host, builder.Port, builder.Username, builder.Password, builder.Database, builder.SslMode, builder.MaxPoolSize)
            .ShouldBe(("db", 6432, "ann", "s@cret", "realtime", Npgsql.SslMode.VerifyFull, 3));
    }

    [Theory]
    [InlineData("postgres:")]
    [InlineData("postgres:Username=ann")]
    [InlineData("postgres:no such key=1;Host=db")]
    [InlineData("postgres://")]
    [InlineData("postgres://db:port/realtime")]
    public void What_names_no_host_or_cannot_be_read_is_no_choice(string text) => StoreChoice.TryParse(text, out _).ShouldBeFalse();
}
