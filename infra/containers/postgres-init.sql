-- One database per context, as in Azure.
CREATE DATABASE catalog;
CREATE DATABASE basket;
CREATE DATABASE ordering;
